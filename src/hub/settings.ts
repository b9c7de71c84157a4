import { join } from "../base/paths.ts";
import { EnvironmentError } from "../base/errors.ts";
import { readSmallFile, statOrNothing } from "../checkpoint/files/files.ts";

/** Default hub; `HF_ENDPOINT` replaces it. */
const DEFAULT_ENDPOINT = "https://huggingface.co";

/** Connection settings of a hub, from Hugging Face's own variables. */
export interface HubSettings {
  /** Address without a trailing slash. */
  readonly endpoint: string;
  /** The user's access token; sent to the endpoint's own host only. */
  readonly token?: string;
  /** If true, nothing is fetched. */
  readonly offline: boolean;
  /** Timeout of a connection on which nothing arrives. */
  readonly timeoutMs: number;
  /** Delay before the second attempt; it doubles with each further one. */
  readonly retryMs: number;
}

/**
 * Reads `HF_ENDPOINT`, `HF_TOKEN` (else the file named by `HF_TOKEN_PATH`, else `token` in `HF_HOME`),
 * `HF_HUB_OFFLINE` and `HF_HUB_DOWNLOAD_TIMEOUT`.
 * @throws EnvironmentError for an invalid address or token
 */
export async function hubSettings(
  env: (name: string) => string | undefined = (name) => Deno.env.get(name),
): Promise<HubSettings> {
  const endpoint = (env("HF_ENDPOINT") || DEFAULT_ENDPOINT).replace(/\/+$/, "");
  if (!/^https?:$/.test(URL.parse(endpoint)?.protocol ?? "")) {
    throw new EnvironmentError(
      `HF_ENDPOINT: expected an address such as ${DEFAULT_ENDPOINT}, got ${JSON.stringify(endpoint)}`,
    );
  }
  const seconds = Number(env("HF_HUB_DOWNLOAD_TIMEOUT") || 30);
  return {
    endpoint,
    token: await findToken(env),
    offline: isTrue(env("HF_HUB_OFFLINE")) || isTrue(env("TRANSFORMERS_OFFLINE")),
    timeoutMs: seconds > 0 && seconds < 1e6 ? seconds * 1000 : 30_000,
    retryMs: 500,
  };
}

async function findToken(env: (name: string) => string | undefined): Promise<string | undefined> {
  if (isTrue(env("HF_HUB_DISABLE_IMPLICIT_TOKEN"))) return undefined;
  const given = (env("HF_TOKEN") || env("HUGGING_FACE_HUB_TOKEN"))?.trim();
  if (given) return checked(given, "HF_TOKEN");
  const home = env("HOME") || env("USERPROFILE") || ".";
  const folder = env("HF_HOME") || join(env("XDG_CACHE_HOME") || join(home, ".cache"), "huggingface");
  const path = (env("HF_TOKEN_PATH") || join(folder, "token")).replace(/^~(?=\/|$)/, home);
  if (!(await statOrNothing(path))?.isFile) return undefined;
  const text = new TextDecoder().decode(await readSmallFile(path, 65536)).trim();
  return text ? checked(text, path) : undefined;
}

/** The message must not contain the token itself. */
function checked(token: string, where: string): string {
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new EnvironmentError(`${where}: expected a token in one word of plain letters`);
  }
  return token;
}

function isTrue(value: string | undefined): boolean {
  return ["1", "ON", "YES", "TRUE"].includes(value?.toUpperCase() ?? "");
}
