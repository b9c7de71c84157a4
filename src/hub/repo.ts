import { isJsonObject, parseJson } from "../base/json.ts";
import { DataError, EnvironmentError } from "../base/errors.ts";
import { type Answer, type HubClient, PassingFailure } from "./client.ts";

/** A model on the hub at one commit. */
export interface Repo {
  readonly id: string;
  /** The requested branch, tag or commit. */
  readonly revision: string;
  readonly commit: string;
  /** Names of all its files. */
  readonly files: readonly string[];
}

/** One file of a model, before it is fetched. */
export interface RemoteFile {
  readonly name: string;
  readonly url: string;
  /**
   * The hub's name of this content, and the blob's name in the cache: sha256 for large files, else git's
   * sha1.
   */
  readonly etag: string;
  /** Size in bytes; undefined if the hub does not report it. */
  readonly size?: number;
  /** Stored by git-lfs: the etag is the content's sha256. */
  readonly sha256?: string;
}

/** The needed part of a model: `tokenizer` leaves its weights out. */
export type Need = "model" | "tokenizer";

const NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;
const SMALL = /^(config\.json|generation_config\.json|special_tokens_map\.json|added_tokens\.json)$/;
const TOKENIZER = /^(tokenizer|chat_template)[A-Za-z0-9._-]*$/;
const WEIGHTS = /^[A-Za-z0-9_][A-Za-z0-9._-]*\.safetensors(\.index\.json)?$/;
const UNSUPPORTED = /\.(bin|pth|pt|gguf|h5|msgpack|onnx)$/;
const LONGEST_LIST = 64 * 2 ** 20;

/**
 * Asks the hub for a revision's commit and its files.
 * @throws EnvironmentError if the hub refuses, has no such model or cannot be reached
 */
export async function findRepo(client: HubClient, id: string, revision: string): Promise<Repo> {
  const { endpoint } = client.settings;
  const url = `${endpoint}/api/models/${id}/revision/${encodeURIComponent(revision)}`;
  const where = `${id}: the list of files from ${endpoint}`;
  const bytes = await client.retry(id, async () => {
    const answer = await client.request(url);
    try {
      if (!answer.response.ok) throw await refusal(client, answer, id, revision);
      return await readLimited(answer, where);
    } catch (error) {
      throw client.failure(error, new URL(endpoint).host);
    } finally {
      answer.deadline.stop();
    }
  });
  let info;
  try {
    info = parseJson(bytes, where);
  } catch (error) {
    throw error instanceof DataError ? new EnvironmentError(error.message) : error;
  }
  const files = isJsonObject(info) && Array.isArray(info.siblings)
    ? info.siblings.map((sibling) => isJsonObject(sibling) ? sibling.rfilename : undefined)
    : [undefined];
  if (!isJsonObject(info) || typeof info.sha !== "string" || !NAME.test(info.sha)) {
    throw new EnvironmentError(`${where}: expected "sha" with a commit`);
  }
  if (!files.every((file) => typeof file === "string")) {
    throw new EnvironmentError(`${where}: expected "siblings" with an "rfilename" each`);
  }
  return { id, revision, commit: info.sha, files: files as string[] };
}

/**
 * Names of the files that are needed to run a model.
 * @throws DataError if there are none that this program reads
 */
export function neededFiles({ id, files }: Repo, need: Need): string[] {
  const others = files.filter((file) => SMALL.test(file) || TOKENIZER.test(file));
  if (need === "tokenizer" && others.length > 0) return others.sort();
  if (!files.includes("config.json")) {
    throw new DataError(`${id}: has no config.json: not a model for transformers`);
  }
  const weights = files.filter((file) => WEIGHTS.test(file));
  if (!weights.some((file) => file.endsWith(".safetensors"))) {
    const foreign = files.find((file) => UNSUPPORTED.test(file));
    throw new DataError(
      `${id}: expected weights as .safetensors, got ${foreign ? `only ${foreign} and its like` : "none"}`,
    );
  }
  // Some repositories store the same weights twice, the second time in the layout of the author's own
  // program.
  const own = weights.filter((file) => !file.startsWith("consolidated"));
  return [...others, ...own.length > 0 ? own : weights].sort();
}

/** Asks the hub for a file's name in the cache and its size. */
export async function describeFile(
  client: HubClient,
  { id, revision, commit }: Repo,
  name: string,
): Promise<RemoteFile> {
  const url = `${client.settings.endpoint}/${id}/resolve/${commit}/${encodeURIComponent(name)}`;
  let method: "HEAD" | "GET" = "HEAD";
  return await client.retry(`${id}/${name}`, async () => {
    const answer = await client.request(url, { method, metadataOnly: true });
    try {
      const { status, body } = answer.response;
      await body?.cancel();
      if (method === "HEAD" && (status === 405 || status === 501)) {
        method = "GET";
        throw new PassingFailure(`${id}/${name}: the hub does not answer HEAD`);
      }
      if (status >= 400) throw await refusal(client, answer, id, revision, name);
      const etag = etagOf(answer);
      if (etag === undefined) {
        throw new EnvironmentError(`${id}/${name}: the hub sends no ETag that can name a file`);
      }
      const linked = answer.header("x-linked-size");
      const size = linked ?? (status < 300 ? answer.response.headers.get("content-length") : null);
      return {
        name,
        url,
        etag,
        size: size !== null && /^\d+$/.test(size) ? Number(size) : undefined,
        sha256: /^[0-9a-f]{64}$/.test(etag) ? etag : undefined,
      };
    } finally {
      answer.deadline.stop();
    }
  });
}

/**
 * The content's name: the linked large file's if there is one, else the response's own; undefined if
 * unusable.
 */
export function etagOf(answer: Answer): string | undefined {
  const text = answer.header("x-linked-etag") ?? answer.response.headers.get("etag") ?? "";
  const etag = text.replace(/^W\//, "").replaceAll('"', "");
  return /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}$/.test(etag) ? etag : undefined;
}

/** The error for a response with status 400 or above; its message says how to fix it. */
export async function refusal(
  { settings }: HubClient,
  { response, header }: Answer,
  id: string,
  revision: string,
  file?: string,
): Promise<Error> {
  await response.body?.cancel();
  const { status } = response;
  const host = new URL(settings.endpoint).host;
  const what = file === undefined ? id : `${id}/${file}`;
  if (status === 429 || status === 408 || status >= 500) {
    const seconds = Number(response.headers.get("retry-after") ?? NaN);
    return new PassingFailure(
      `${what}: ${host} answers ${status}`,
      undefined,
      seconds >= 0 ? seconds * 1000 : undefined,
    );
  }
  const code = header("x-error-code");
  const token = settings.token
    ? "the token given may not read it"
    : "set HF_TOKEN to a token that may read it";
  if (code === "GatedRepo") {
    return new EnvironmentError(
      `${what}: a gated model (${status}): accept its terms at ${settings.endpoint}/${id}; ${token}`,
    );
  }
  if (code === "RevisionNotFound") {
    return new EnvironmentError(`${id}: no revision ${JSON.stringify(revision)} (${status} from ${host})`);
  }
  if (code === "EntryNotFound" || status === 404 && file !== undefined) {
    return new EnvironmentError(`${what}: no such file in revision ${revision} (${status} from ${host})`);
  }
  if (status === 401 || status === 404) {
    return new EnvironmentError(
      `${id}: no such model on ${host}, or a private one (${status}): check the spelling, or ${
        settings.token ? "the token: it may not read it" : token
      }`,
    );
  }
  const said = header("x-error-message");
  if (status === 403) {
    return new EnvironmentError(
      `${what}: ${host} refuses access (403), as for a gated or private model${
        said ? `: ${said}` : ""
      }; ${token}`,
    );
  }
  return new EnvironmentError(`${what}: ${host} answers ${status}${said ? `: ${said}` : ""}`);
}

async function readLimited({ response, deadline }: Answer, where: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    deadline.tick();
    length += chunk.length;
    if (length > LONGEST_LIST) throw new EnvironmentError(`${where}: longer than ${LONGEST_LIST} bytes`);
    chunks.push(chunk);
  }
  return new Uint8Array(await new Blob(chunks as BlobPart[]).arrayBuffer());
}
