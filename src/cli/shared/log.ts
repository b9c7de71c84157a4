import { oneLine } from "../../base/errors.ts";
import type { Io } from "../terminal/io.ts";

/** The command's messages on stderr: errors always, notes unless `--quiet`, details only with `--verbose`. */
export class Log {
  readonly #io: Io;
  readonly #quiet: boolean;
  readonly #verbose: boolean;

  constructor(io: Io, options: { quiet?: boolean; verbose?: boolean } = {}) {
    this.#io = io;
    this.#quiet = options.quiet ?? false;
    this.#verbose = options.verbose ?? false;
  }

  /** Writes one line, whatever the message contains. */
  error(message: string): void {
    this.#io.writeError(`llama: ${oneLine(message)}\n`);
  }

  note(message: string): void {
    if (!this.#quiet) this.error(message);
  }

  detail(message: string): void {
    if (this.#verbose) this.error(message);
  }
}
