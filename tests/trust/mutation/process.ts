import { join } from "@std/path";
import { LineStream } from "./line_stream.ts";
import type { Outcome, Request } from "./worker.ts";

/** The requests that a worker supports. */
export interface Offer {
  readonly rows: readonly string[];
  readonly targets: readonly string[];
}

/** A process that runs cases in a tree; it is replaced if it hangs or dies. */
export class WorkerProcess implements AsyncDisposable {
  readonly #folder: string;
  #child: Deno.ChildProcess | undefined;
  #answers!: ReadableStreamDefaultReader<string>;
  #requests!: WritableStreamDefaultWriter<Uint8Array>;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Starts the process. */
  async start(): Promise<Offer> {
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        ..."run --quiet --no-check --no-prompt --frozen --allow-read --allow-write --allow-env --allow-net --allow-sys --allow-run --v8-flags=--max-old-space-size=2048"
          .split(" "),
        join(this.#folder, "tests/trust/mutation/worker.ts"),
      ],
      cwd: this.#folder,
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#child = child;
    this.#requests = child.stdin.getWriter();
    this.#answers = child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(new LineStream())
      .getReader();
    const offer = await this.#answer<Offer>(120_000);
    if (typeof offer === "string") throw new Error(`the worker does not start: it ${offer}`);
    return offer;
  }

  /**
   * Runs one case; dying and hanging count as wrong answers.
   * @param most timeout in milliseconds
   */
  async run(request: Request, most: number): Promise<Outcome> {
    if (!this.#child) await this.start();
    await this.#requests.write(new TextEncoder().encode(JSON.stringify(request) + "\n")).catch(() => {});
    const answer = await this.#answer<Outcome>(most);
    if (typeof answer !== "string") return answer;
    await this.#end();
    return { problem: answer, refused: [], milliseconds: most };
  }

  /** The next line; if there is none, the reason. */
  async #answer<T>(most: number): Promise<T | string> {
    let timer;
    const late = new Promise<string>((resolve) =>
      timer = setTimeout(() => resolve(`hangs for ${most} ms`), most)
    );
    const line = await Promise.race([this.#answers.read(), late]);
    clearTimeout(timer);
    if (typeof line === "string") return line;
    return line.done ? "ends" : JSON.parse(line.value);
  }

  async #end(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child) return;
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended already.
    }
    await this.#requests.abort().catch(() => {});
    await this.#answers.cancel().catch(() => {});
    await child.status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end();
  }
}
