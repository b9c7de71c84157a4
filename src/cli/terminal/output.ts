import { EnvironmentError } from "../../base/errors.ts";
import type { Io } from "./io.ts";

/** The reader closed our stdout (`| head`): the command ends silently with 141. */
export class OutputClosed extends Error {
  override name = "OutputClosed";
}

/**
 * Stdout as a queue: `text` keeps the order of its calls without waiting, `drain` waits until everything is
 * written.
 */
export class Output {
  readonly #io: Io;
  readonly #encoder = new TextEncoder();
  #queue: string[] = [];
  #draining: Promise<void> | undefined;
  readonly #failure = Promise.withResolvers<never>();

  constructor(io: Io) {
    this.#io = io;
    // Callers of `drain` receive the failure too.
    this.#failure.promise.catch(() => {});
  }

  /** Never resolves; rejects as soon as a write fails, whatever the command then waits for. */
  get failed(): Promise<never> {
    return this.#failure.promise;
  }

  /** Queues text. */
  text(text: string): void {
    if (text !== "") this.#queue.push(text);
  }

  /** Queues one line. */
  line(text: string): void {
    this.text(text + "\n");
  }

  /** Queues one line of JSON; a `bigint` becomes a plain number with all its digits. */
  json(value: unknown): void {
    this.line(toJson(value));
  }

  /**
   * Writes the queued text.
   * @throws OutputClosed when the reader has gone; EnvironmentError when the disk is full or the write fails
   */
  drain(): Promise<void> {
    this.#draining ??= this.#write().catch((error) => {
      this.#failure.reject(error);
      throw error;
    }).finally(() => this.#draining = undefined);
    return this.#draining;
  }

  async #write(): Promise<void> {
    while (this.#queue.length > 0) {
      const bytes = this.#encoder.encode(this.#queue.splice(0).join(""));
      for (let at = 0; at < bytes.length;) {
        try {
          at += await this.#io.writeOut(bytes.subarray(at));
        } catch (error) {
          if (error instanceof Deno.errors.BrokenPipe) throw new OutputClosed();
          const reason = error instanceof Error ? error.message : String(error);
          throw new EnvironmentError(`stdout: cannot write: ${reason}`);
        }
      }
    }
  }
}

/** `JSON.stringify` that writes a `bigint` as a plain number. */
export function toJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, (_, field) => typeof field === "bigint" ? rawJson(field) : field, indent);
}

/** JSON.rawJSON, which TypeScript's library does not declare yet. */
function rawJson(value: bigint): unknown {
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(value.toString());
}
