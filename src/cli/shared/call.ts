import type { Io } from "../terminal/io.ts";
import type { Log } from "./log.ts";
import type { OptionValues } from "../options/options.ts";
import type { Output } from "../terminal/output.ts";
import type { Interrupts } from "../terminal/signals.ts";

/** The arguments of a command. */
export interface Call {
  readonly values: OptionValues;
  readonly positionals: readonly string[];
  readonly io: Io;
  readonly out: Output;
  readonly log: Log;
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
  /** Receives Ctrl-C first; without it, Ctrl-C ends the command. */
  readonly interrupts?: Interrupts;
}

/** Does the work; resolves to the exit code. Throws failures as `LlamaError`s. */
export type CommandFunction = (call: Call) => Promise<number>;
