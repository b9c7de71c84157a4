/**
 * The three kinds of failure a user can cause or meet, with the exit code each one ends the command with.
 * Every message is one line: what, where (file, field, offset), expected, got.
 */
export abstract class LlamaError extends Error {
  /** Process exit code of `llama` for this kind of failure. */
  abstract readonly exitCode: 2 | 3 | 4;
}

/** Wrong usage: unknown command or flag, a value out of range, an empty stdin (exit 2). */
export class UsageError extends LlamaError {
  override name = "UsageError";
  readonly exitCode = 2;
}

/** Bad data: a model, tokenizer, prompt or record that is broken or unsupported (exit 3). */
export class DataError extends LlamaError {
  override name = "DataError";
  readonly exitCode = 3;
}

/** The environment failed: no GPU, out of memory, disk, network, a file that is not there (exit 4). */
export class EnvironmentError extends LlamaError {
  override name = "EnvironmentError";
  readonly exitCode = 4;
}
