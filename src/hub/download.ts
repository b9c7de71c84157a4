import { createHash, type Hash } from "node:crypto";
import { dirname } from "../base/paths.ts";
import { onFile, statOrNothing } from "../checkpoint/files/files.ts";
import { EnvironmentError } from "../base/errors.ts";
import type { HubModelFolder } from "./hub_model_folder.ts";
import { type Answer, ContentChanged, type HubClient, PassingFailure } from "./client.ts";
import { etagOf, refusal, type RemoteFile, type Repo } from "./repo.ts";

/**
 * Fetches one file into the model folder's blobs, resumes an earlier attempt, and verifies the result. Its bytes go
 * to `ETAG.incomplete`, which is renamed once it is complete; a file with a wrong hash becomes `ETAG.wrong`.
 *
 * @param onBytes receives the current number of bytes from time to time; the number falls when a download
 *   restarts
 * @throws EnvironmentError for a wrong sha256 or size, a full disk, a hub that fails; ContentChanged
 */
export async function downloadBlob(
  client: HubClient,
  folder: HubModelFolder,
  repo: Repo,
  file: RemoteFile,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const blob = folder.blob(file.etag);
  await onFile(blob, () => Deno.mkdir(dirname(blob), { recursive: true }));
  if (await isWhole(blob, file)) return onBytes(file.size ?? 0);
  using lock = await folder.lock(file.etag, client.signal);
  // Another process may have finished it while this one waited.
  if (await isWhole(blob, file)) return onBytes(file.size ?? 0);
  // Without locks another process may write the same file, so this one writes its own.
  const partial = lock ? `${blob}.incomplete` : `${blob}.${crypto.randomUUID().slice(0, 8)}.incomplete`;
  const download = new Download(client, repo, file, partial, onBytes);
  await client.retry(`${repo.id}/${file.name}`, () => download.attempt(), () => download.furthest);
  await download.check(`${blob}.wrong`);
  await onFile(blob, () => Deno.rename(partial, blob));
}

async function isWhole(blob: string, { size }: RemoteFile): Promise<boolean> {
  const info = await statOrNothing(blob);
  return info !== undefined && info.isFile && (size === undefined || info.size === size);
}

class Download {
  /** Highest number of bytes so far: only a higher number counts as progress. */
  furthest = 0;

  constructor(
    readonly client: HubClient,
    readonly repo: Repo,
    readonly file: RemoteFile,
    readonly partial: string,
    readonly onBytes: (bytes: number) => void,
  ) {}

  /** Fetches the missing bytes. @throws PassingFailure if another attempt may succeed */
  async attempt(): Promise<void> {
    const { client, file, partial } = this;
    using output = await onFile(partial, () => Deno.open(partial, { read: true, write: true, create: true }));
    const present = await onFile(partial, () => output.seek(0, Deno.SeekMode.End));
    let at = file.size !== undefined && present > file.size ? 0 : present;
    this.#report(at);
    if (at > 0 && at === file.size) return;
    const answer = await client.request(file.url, { headers: at > 0 ? this.#rangeFrom(at) : {} });
    try {
      at = await this.#startOf(answer, at);
      await onFile(partial, async () => {
        if (at < present) await output.truncate(at);
        await output.seek(at, Deno.SeekMode.Start);
      });
      this.#report(at);
      for await (const chunk of answer.response.body ?? []) {
        answer.deadline.tick();
        at += chunk.length;
        if (file.size !== undefined && at > file.size) {
          throw new EnvironmentError(
            `${this.#name}: longer than the ${file.size} bytes that the hub announced`,
          );
        }
        await writeAll(output, chunk, partial);
        this.#report(at);
      }
      if (file.size !== undefined && at < file.size) {
        throw new PassingFailure(`${this.#name}: cut off after ${at} of ${file.size} bytes`);
      }
      await onFile(partial, () => output.sync());
    } catch (error) {
      const failure = client.failure(error, new URL(client.settings.endpoint).host);
      throw failure instanceof PassingFailure && failure !== error
        ? new PassingFailure(`${this.#name}: cut off after ${at} bytes (${failure.message})`)
        : failure;
    } finally {
      answer.deadline.stop();
    }
  }

  /** Compares the whole file with its sha256. @param quarantine path that a wrong file is moved to */
  async check(quarantine: string): Promise<void> {
    const { sha256 } = this.file;
    if (sha256 === undefined) return;
    const got = (await hashFile(this.partial, createHash("sha256"), this.client.signal)).digest("hex");
    if (got === sha256) return;
    await onFile(quarantine, () => Deno.rename(this.partial, quarantine));
    throw new EnvironmentError(
      `${this.#name}: expected the sha256 ${sha256}, got ${got}; the file was renamed to ${quarantine}`,
    );
  }

  get #name(): string {
    return `${this.repo.id}/${this.file.name}`;
  }

  /** A large file's host has other ETags, so only the hub's are sent; sha256 verifies large files. */
  #rangeFrom(at: number): Record<string, string> {
    const range = { range: `bytes=${at}-` };
    return this.file.sha256 === undefined ? { ...range, "if-range": `"${this.file.etag}"` } : range;
  }

  /** The offset of the answer's first byte in the file. */
  async #startOf(answer: Answer, at: number): Promise<number> {
    const { client, repo, file } = this;
    const { status, headers } = answer.response;
    if (status === 416) {
      // The existing bytes fit no file of the hub.
      await answer.response.body?.cancel();
      await onFile(this.partial, () => Deno.truncate(this.partial, 0));
      throw new PassingFailure(`${this.#name}: the hub has no bytes from ${at} on`);
    }
    if (status !== 200 && status !== 206) {
      if (status >= 400) throw await refusal(client, answer, repo.id, repo.revision, file.name);
      await answer.response.body?.cancel();
      throw new EnvironmentError(`${this.#name}: expected the status 200 or 206, got ${status}`);
    }
    // A linked file's own host has other ETags; the hub's own response must have the announced one.
    const isLinked = file.sha256 !== undefined && answer.header("x-linked-etag") === undefined;
    const etag = etagOf(answer);
    if (!isLinked && etag !== undefined && etag !== file.etag) {
      await answer.response.body?.cancel();
      throw new ContentChanged(`${this.#name}: expected the ETag ${file.etag}, got ${etag}`);
    }
    if (status === 200) return 0;
    const [, start, total] = headers.get("content-range")?.match(/^bytes (\d+)-\d+\/(\d+|\*)$/) ?? [];
    const fits = file.size === undefined || total === "*" || Number(total) === file.size;
    if (Number(start) === at && fits) return at;
    await answer.response.body?.cancel();
    await onFile(this.partial, () => Deno.truncate(this.partial, 0));
    throw new PassingFailure(
      `${this.#name}: expected the bytes from ${at} of ${file.size}, got ${headers.get("content-range")}`,
    );
  }

  #report(at: number): void {
    this.furthest = Math.max(this.furthest, at);
    this.onBytes(at);
  }
}

async function writeAll(output: Deno.FsFile, bytes: Uint8Array, path: string): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += await onFile(path, () => output.write(bytes.subarray(written)));
  }
}

async function hashFile(path: string, hash: Hash, signal: AbortSignal): Promise<Hash> {
  return await onFile(path, async () => {
    using input = await Deno.open(path);
    const buffer = new Uint8Array(2 ** 20);
    for (let count; (count = await input.read(buffer)) !== null;) {
      signal.throwIfAborted();
      hash.update(buffer.subarray(0, count));
    }
    return hash;
  });
}
