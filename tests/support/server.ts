/** A `llama serve` process, and requests to it. */
import { assertEquals, assertMatch } from "@std/assert";
import { PROGRAM, ROOT } from "./contract.ts";
import { ownDeno } from "./own_deno.ts";

const DENO = await ownDeno();
const LISTENING = /^llama: listening on (http:\/\/\S+)$/m;

/** A JSON value; a test reads the fields that it expects. */
// deno-lint-ignore no-explicit-any
export type Json = any;

/** A running server. */
export class Server {
  readonly url: string;
  readonly child: Deno.ChildProcess;
  readonly #log: { text: string };
  readonly #reading: Promise<void>;

  private constructor(child: Deno.ChildProcess, url: string, log: { text: string }, reading: Promise<void>) {
    this.child = child;
    this.url = url;
    this.#log = log;
    this.#reading = reading;
  }

  /** Starts one on a free port, with the default model. */
  static async start(args: readonly string[] = [], env: Record<string, string> = {}): Promise<Server> {
    const child = new Deno.Command(PROGRAM, {
      args: ["serve", "--port", "0", ...args],
      cwd: ROOT,
      env: { ...DENO, LLAMA_MODEL: "", ...env },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    globalThis.addEventListener("unload", () => {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended.
      }
    });
    const log = { text: "" };
    const listening = Promise.withResolvers<string>();
    const reading = (async () => {
      for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
        log.text += text;
        const url = LISTENING.exec(log.text)?.[1];
        if (url) listening.resolve(url);
      }
      listening.reject(new Error(`the server ended: ${log.text}`));
    })();
    const url = await listening.promise;
    listening.promise.catch(() => {});
    return new Server(child, url, log, reading);
  }

  /** Its stderr so far. */
  get stderr(): string {
    return this.#log.text;
  }

  /** Sends a signal and waits for the end; returns the exit code. */
  async stop(signal: Deno.Signal = "SIGTERM"): Promise<number> {
    this.child.kill(signal);
    const { code } = await this.child.status;
    await this.#reading;
    return code;
  }

  /** Ends it and checks that nothing went wrong inside. */
  async end(): Promise<void> {
    assertEquals(await this.stop(), 0, this.stderr);
    assertEquals(/internal error|Warning/i.test(this.stderr), false, this.stderr);
  }

  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(this.url + path, init);
  }

  /** Sends a JSON body. */
  post(path: string, body: unknown, init: RequestInit = {}): Promise<Response> {
    return this.fetch(path, {
      method: "POST",
      body: typeof body === "string" ? body : JSON.stringify(body),
      ...init,
      headers: { "content-type": "application/json", ...init.headers },
    });
  }

  /** The JSON of a successful answer. */
  async json(path: string, body?: unknown): Promise<Json> {
    const response = await (body === undefined ? this.fetch(path) : this.post(path, body));
    const text = await response.text();
    assertEquals(response.status, 200, text);
    return JSON.parse(text);
  }

  /** The events of a successful stream; checks its form. */
  async events(path: string, body: Json): Promise<Json[]> {
    const response = await this.post(path, { ...body, stream: true });
    const text = await response.text();
    assertEquals(response.status, 200, text);
    assertEquals(response.headers.get("content-type"), "text/event-stream; charset=utf-8");
    return eventsOf(text);
  }

  /** Sends bytes as they are, and reads the answer to its end. */
  async raw(request: string, { ends = false } = {}): Promise<string> {
    const { hostname, port } = new URL(this.url);
    using connection = await Deno.connect({ hostname, port: Number(port) });
    await connection.write(new TextEncoder().encode(request));
    if (ends) await connection.closeWrite();
    const bytes = new Uint8Array(65536);
    let text = "";
    for (;;) {
      const count = await connection.read(bytes).catch(() => null);
      if (count === null) return text;
      text += new TextDecoder().decode(bytes.subarray(0, count));
      const length = /content-length: (\d+)/i.exec(text)?.[1];
      const start = text.indexOf("\r\n\r\n") + 4;
      if (length !== undefined && start >= 4 && text.length - start >= Number(length)) return text;
    }
  }
}

/** The data of a stream's events, which must end with `[DONE]`. */
export function eventsOf(text: string): Json[] {
  const blocks = text.split("\n\n").filter((block) => block !== "" && !block.startsWith(":"));
  assertEquals(blocks.pop(), "data: [DONE]", text);
  return blocks.map((block) => {
    assertMatch(block, /^data: [^\n]+$/);
    return JSON.parse(block.slice("data: ".length));
  });
}
