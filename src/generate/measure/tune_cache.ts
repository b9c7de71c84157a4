import { dirname, isAbsolute, join } from "../../base/paths.ts";
import { clock } from "../../base/clock.ts";
import project from "../../../deno.json" with { type: "json" };
import { isJsonObject, type JsonObject, parseJson } from "../../base/json.ts";
import { readSmallFile } from "../../checkpoint/files/files.ts";
import type { LinearVariant } from "../../ops/tuning.ts";

/** Longest file that is read. */
const MOST_BYTES = 2 ** 20;
/** Milliseconds after which a file that another process began to write is taken to be left over. */
const STALE_MS = 10_000;

/** What tells adapters and their drivers apart. */
type Adapter = Pick<GPUAdapterInfo, "vendor" | "architecture" | "device" | "description">;

/** The choices of a device. */
type Choices = ReadonlyMap<string, LinearVariant>;

/** Where choices are kept: `$XDG_CACHE_HOME/llama/tuning.json`; undefined where there is no such folder. */
export function tuningFile(env: (name: string) => string | undefined): string | undefined {
  const [cache, home] = [env("XDG_CACHE_HOME"), env("HOME") || env("USERPROFILE")];
  if (cache && isAbsolute(cache)) return join(cache, "llama", "tuning.json");
  return home && join(home, ".cache", "llama", "tuning.json");
}

/** The choices made on an adapter by this version; none where the file is not there, not readable or broken. */
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

/** Keeps an adapter's choices beside those of others; where the file cannot be written, there will be none. */
export async function writeTuning(
  file: string | undefined,
  adapter: Adapter,
  choices: Choices,
): Promise<void> {
  if (file === undefined) return;
  const adapters = { ...await readAll(file), [keyOf(adapter)]: Object.fromEntries(choices) };
  const text = JSON.stringify({ version: project.version, adapters }, null, 1) + "\n";
  // The launcher lets the program write under these two names only.
  const temporary = `${file}.new`;
  try {
    await Deno.mkdir(dirname(file), { recursive: true }).catch(() => {});
    const left = await Deno.stat(temporary).catch(() => undefined);
    if (left?.mtime && clock.date().getTime() - left.mtime.getTime() > STALE_MS) await Deno.remove(temporary);
    await Deno.writeTextFile(temporary, text, { createNew: true });
    await Deno.rename(temporary, file);
  } catch {
    // It is timed again next time.
  }
}

/** What a file of this version holds, by adapter. */
async function readAll(file: string | undefined): Promise<JsonObject> {
  if (file === undefined) return {};
  try {
    const content = parseJson(await readSmallFile(file, MOST_BYTES), file);
    if (!isJsonObject(content) || content.version !== project.version) return {};
    return isJsonObject(content.adapters) ? content.adapters : {};
  } catch {
    return {};
  }
}

function keyOf({ vendor, architecture, device, description }: Adapter): string {
  return [vendor, architecture, device, description].join(" | ");
}
