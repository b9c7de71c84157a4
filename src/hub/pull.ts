import { join } from "../base/paths.ts";
import { statOrNothing } from "../checkpoint/files/files.ts";
import { findInHubFolder, hubModelFolder } from "../checkpoint/files/hub_folder.ts";
import { EnvironmentError, UsageError } from "../base/errors.ts";
import { HubModelFolder, isComplete } from "./hub_model_folder.ts";
import { ContentChanged, HubClient } from "./client.ts";
import { downloadBlob } from "./download.ts";
import { describeFile, findRepo, type Need, neededFiles, type RemoteFile, type Repo } from "./repo.ts";
import { type HubSettings, hubSettings } from "./settings.ts";

/** Number of files fetched at the same time. */
const PARALLEL = 4;
/** How often a file may change on the hub during a download. */
const MAX_CHANGES = 3;

/** Options of {@linkcode pullModel}. */
export interface PullOptions {
  /** A branch, a tag or a commit (default: `main`). */
  readonly revision?: string;
  /** `tokenizer` leaves the weights out (default: `model`). */
  readonly need?: Need;
  /** Settings of the hub (default: from the environment). */
  readonly settings?: HubSettings;
  /** Called before the download with the total number of bytes to fetch. */
  readonly onStart?: (bytes: number, endpoint: string) => void;
  /** Called with the number of fetched bytes and the total to fetch. */
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Downloads a model from a Hugging Face hub into the standard cache. Existing files are not fetched again,
 * and partial downloads are resumed. Only files that this program reads are fetched.
 *
 * @param id `owner/name`
 * @returns the folder of its snapshot
 * @throws EnvironmentError for errors of network, hub and disk, a wrong sha256, and a model that is not in
 *   the cache while offline; UsageError for an invalid revision; DataError for a repository without weights
 *   that this program reads
 */
export async function pullModel(id: string, options: PullOptions = {}): Promise<string> {
  const { revision = "main", need = "model", settings = await hubSettings() } = options;
  if (!isRevision(revision)) {
    throw new UsageError(`revision ${JSON.stringify(revision)}: expected a branch, a tag or a commit`);
  }
  if (settings.offline) return await findOffline(id, revision);
  // The first failure aborts the parallel downloads.
  const failed = new AbortController();
  const signal = AbortSignal.any([failed.signal, ...options.signal ? [options.signal] : []]);
  const client = new HubClient(settings, signal);
  const folder = new HubModelFolder(id);
  const repo = await findRepo(client, id, revision);
  const missing: string[] = [];
  for (const name of neededFiles(repo, need)) {
    if (!(await statOrNothing(join(folder.snapshot(repo.commit), name)))?.isFile) missing.push(name);
  }
  try {
    const files = await inParallel(missing, (name) => describeFile(client, repo, name));
    const done = files.map(() => 0);
    const total = files.reduce((sum, { size = 0 }) => sum + size, 0);
    if (files.length > 0) options.onStart?.(total, settings.endpoint);
    await inParallel([...files.entries()], async ([i, file]) => {
      await fetchFile(client, folder, repo, file, (bytes) => {
        done[i] = bytes;
        options.onProgress?.(done.reduce((sum, bytes) => sum + bytes, 0), total);
      });
    });
  } catch (error) {
    failed.abort(error);
    throw error;
  }
  // Written last, so that a branch never names an incomplete model.
  await folder.writeReference(revision, repo.commit);
  return folder.snapshot(repo.commit);

  /**
   * Processes several items at once; after a failure no more are started, and it is thrown when all have
   * ended.
   */
  async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
    const results: R[] = [];
    let next = 0;
    const worker = async () => {
      while (next < items.length && !signal.aborted) {
        const i = next++;
        try {
          results[i] = await work(items[i]);
        } catch (error) {
          failed.abort(error);
        }
      }
    };
    await Promise.all(Array.from({ length: PARALLEL }, worker));
    signal.throwIfAborted();
    return results;
  }
}

/** A model's folder in the cache; calls {@linkcode pullModel} if the cache lacks a needed file. */
export async function findOrPull(id: string, options: PullOptions = {}): Promise<string> {
  const { need = "model" } = options;
  const cached = await findInHubFolder(id);
  if (cached !== undefined && await isComplete(cached, need)) return cached;
  return await pullModel(id, options);
}

async function fetchFile(
  client: HubClient,
  folder: HubModelFolder,
  repo: Repo,
  file: RemoteFile,
  onBytes: (bytes: number) => void,
): Promise<void> {
  for (let changes = 0;; changes++) {
    try {
      await downloadBlob(client, folder, repo, file, onBytes);
      return await folder.link(repo.commit, file.name, file.etag);
    } catch (error) {
      if (!(error instanceof ContentChanged)) throw error;
      if (changes === MAX_CHANGES) throw new EnvironmentError(`${error.message}: it changes all the time`);
      file = await describeFile(client, repo, file.name);
    }
  }
}

async function findOffline(id: string, revision: string): Promise<string> {
  const snapshot = await findInHubFolder(id, revision);
  if (snapshot !== undefined) return snapshot;
  const what = revision === "main" ? "" : ` at revision ${JSON.stringify(revision)}`;
  throw new EnvironmentError(
    `model ${JSON.stringify(id)}${what}: not in the hub cache (${
      hubModelFolder(id)
    }), and HF_HUB_OFFLINE is set`,
  );
}

/** True for a name that is valid in git and in the cache's folders. */
function isRevision(revision: string): boolean {
  return revision.length <= 200 &&
    revision.split("/").every((part) => /^[A-Za-z0-9_][A-Za-z0-9._+@-]*$/.test(part) && !part.includes(".."));
}
