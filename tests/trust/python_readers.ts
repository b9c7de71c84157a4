import { fromFileUrl } from "@std/path";

/** The reference's result for a file; a process that died or hung refused it with `crashed`. */
export type Verdict = { readonly read: unknown } | { readonly refused: string; readonly crashed?: true };

/** Time after which the reference counts as hung; the first file waits for its libraries. */
const LONGEST_MS = 120_000;
/** Files in flight at once, so that neither process waits for the other. */
const AT_ONCE = 64;

/** One long-running Python process that reads files of any kind; it is restarted if a file ends it. */
export class PythonReaders implements AsyncDisposable {
  #child: Deno.ChildProcess | undefined;
  #replies: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> | undefined;
  #left: Uint8Array = new Uint8Array(0);

  /**
   * @param python the interpreter, which has safetensors, sentencepiece, tokenizers and transformers
   * @param texts texts that tokenizers encode
   */
  constructor(readonly python: string, readonly texts: readonly string[]) {}

  /** The verdicts on files of one kind, in order. */
  async judge(letter: string, files: readonly Uint8Array[]): Promise<Verdict[]> {
    const verdicts: Verdict[] = [];
    while (verdicts.length < files.length) {
      const batch = files.slice(verdicts.length, verdicts.length + AT_ONCE);
      const child = this.#child ??= this.#start();
      const writer = child.stdin.getWriter();
      const written = (async () => {
        for (const file of batch) await writer.write(framed(letter, file));
      })().catch(() => {}); // It has died; the missing answer shows that.
      for (let i = 0; i < batch.length; i++) {
        const reply = await this.#reply();
        if (reply !== undefined) verdicts.push(reply);
        else {
          verdicts.push({ refused: "the process ended", crashed: true });
          await this.#end();
          break;
        }
      }
      await written;
      writer.releaseLock();
    }
    return verdicts;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end();
  }

  #start(): Deno.ChildProcess {
    const script = fromFileUrl(new URL("differential.py", import.meta.url));
    const child = new Deno.Command(this.python, {
      args: [script, JSON.stringify(this.texts)],
      env: { HF_HUB_OFFLINE: "1", TOKENIZERS_PARALLELISM: "false", OMP_NUM_THREADS: "1" },
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#replies = child.stdout.getReader();
    this.#left = new Uint8Array(0);
    return child;
  }

  async #end(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined) return;
    await child.stdin.close().catch(() => {});
    await this.#replies?.cancel();
    const timer = setTimeout(() => child.kill("SIGKILL"), 2000);
    await child.status;
    clearTimeout(timer);
  }

  /** The next answer; undefined if the process ended, or is killed after the timeout. */
  async #reply(): Promise<Verdict | undefined> {
    const timer = setTimeout(() => this.#child?.kill("SIGKILL"), LONGEST_MS);
    try {
      const head = await this.#take(4);
      const text = head && await this.#take(new DataView(head.buffer, head.byteOffset).getUint32(0, true));
      return text && JSON.parse(new TextDecoder().decode(text));
    } finally {
      clearTimeout(timer);
    }
  }

  async #take(length: number): Promise<Uint8Array | undefined> {
    while (this.#left.length < length) {
      const { value } = await this.#replies!.read();
      if (value === undefined) return undefined;
      const joined = new Uint8Array(this.#left.length + value.length);
      joined.set(this.#left);
      joined.set(value, this.#left.length);
      this.#left = joined;
    }
    const taken = this.#left.subarray(0, length);
    this.#left = this.#left.subarray(length);
    return taken;
  }
}

function framed(letter: string, file: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(5 + file.length);
  bytes[0] = letter.charCodeAt(0);
  new DataView(bytes.buffer).setUint32(1, file.length, true);
  bytes.set(file, 5);
  return bytes;
}
