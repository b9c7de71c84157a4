/** Maximum length of a message in characters: quoted text may be as long as a file. */
const LONGEST = 800;
/** Control characters, line breaks and bidirectional formatting characters. */
// deno-lint-ignore no-control-regex
const UNPRINTABLE = /[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g;

/** The text as one safe line: runs of unprintable characters become spaces. */
export function oneLine(text: string): string {
  return text.replace(UNPRINTABLE, " ").trim();
}

/**
 * The three kinds of failure that a user can cause or meet, each with its exit code. Every message is one
 * line: what, where (file, field, offset), expected, got. It is short enough to read and cannot move a
 * terminal's cursor, whatever it quotes.
 */
export abstract class LlamaError extends Error {
  /** Process exit code of `llama` for this kind of failure. */
  abstract readonly exitCode: 2 | 3 | 4;

  /** An error with a one-line message; the middle of a long message is left out. */
  constructor(message: string) {
    const line = oneLine(message);
    super(
      line.length <= LONGEST
        ? line
        : `${line.slice(0, LONGEST / 2).toWellFormed()} … ${line.slice(-LONGEST / 2).toWellFormed()}`,
    );
  }
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

/** The environment failed: no GPU, out of memory, disk, network, a missing file (exit 4). */
export class EnvironmentError extends LlamaError {
  override name = "EnvironmentError";
  readonly exitCode = 4;
}
