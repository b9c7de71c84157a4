import { dirname, isAbsolute, join } from "../../base/paths.ts";
import { clock } from "../../base/clock.ts";
import project from "../../../deno.json" with { type: "json" };
import { isJsonObject, type JsonObject, parseJson } from "../../base/json.ts";
import { readSmallFile } from "../../checkpoint/files/files.ts";
import type { LinearVariant } from "../../ops/tuning.ts";

/** Largest file that is read, in bytes. */
const MOST_BYTES = 2 ** 20;
/** Changes with each version of the program, and with the rules of what is stored. */
export const TUNING_VERSION = `${project.version}, 2`;
/** Milliseconds after which a file that another process began to write counts as abandoned. */
const STALE_MS = 10_000;

/** Fields that distinguish adapters and their drivers. */
type Adapter = Pick<GPUAdapterInfo, "vendor" | "architecture" | "device" | "description">;

/** The choices for a device. */
type Choices = ReadonlyMap<string, LinearVariant>;

/** Path of the tuning file: `$XDG_CACHE_HOME/llama/tuning.json`; undefined if there is no such folder. */
export function tuningFile(env: (name: string) => string | undefined): string | undefined {
  const [cache, home] = [env("XDG_CACHE_HOME"), env("HOME") || env("USERPROFILE")];
  if (cache && isAbsolute(cache)) return join(cache, "llama", "tuning.json");
  return home && join(home, ".cache", "llama", "tuning.json");
}

/** The choices made on an adapter by this version; empty if the file is missing, unreadable or broken. */
export async function readTuning(file: string | undefined, adapter: Adapter): Promise<Choices> {
  const choices = (await readAll(file))[keyOf(adapter)];
  if (!isJsonObject(choices)) return new Map();
  return new Map(
    Object.entries(choices).flatMap(([key, value]) => {
      if (!isJsonObject(value)) return [];
      const { rows, threads, tileRows, tileTokens } = value;
      if (typeof rows !== "number" || typeof threads !== "number") return [];
      const tile = typeof tileRows === "number" && typeof tileTokens === "number" && { tileRows, tileTokens };
      return [[key, { rows, threads, ...tile }]];
    }),
  );
}

/** Stores an adapter's choices beside those of others; does nothing if the file cannot be written. */
export async function writeTuning(
  file: string | undefined,
  adapter: Adapter,
  choices: Choices,
): Promise<void> {
  if (file === undefined) return;
  const adapters = { ...await readAll(file), [keyOf(adapter)]: Object.fromEntries(choices) };
  const text = JSON.stringify({ version: TUNING_VERSION, adapters }, null, 1) + "\n";
  // The launcher lets the program write under these two names only.
  const temporary = `${file}.new`;
  try {
    await Deno.mkdir(dirname(file), { recursive: true }).catch(() => {});
    const left = await Deno.stat(temporary).catch(() => undefined);
    if (left?.mtime && clock.date().getTime() - left.mtime.getTime() > STALE_MS) await Deno.remove(temporary);
    await Deno.writeTextFile(temporary, text, { createNew: true });
    await Deno.rename(temporary, file);
  } catch {
    // It will be timed again next time.
  }
}

/** Contents of a file of this version, by adapter. */
async function readAll(file: string | undefined): Promise<JsonObject> {
  if (file === undefined) return {};
  try {
    const content = parseJson(await readSmallFile(file, MOST_BYTES), file);
    if (!isJsonObject(content) || content.version !== TUNING_VERSION) return {};
    return isJsonObject(content.adapters) ? content.adapters : {};
  } catch {
    return {};
  }
}

function keyOf({ vendor, architecture, device, description }: Adapter): string {
  return [vendor, architecture, device, description].join(" | ");
}
