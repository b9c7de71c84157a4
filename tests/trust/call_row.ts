import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { LlamaError } from "../../src/base/errors.ts";

/** A bad input that comes in a call of the library, or that a server sends, and what must be answered. */
export interface CallRow {
  readonly what: string;
  readonly call: () => unknown;
  readonly code: number;
  /** What the message must name. */
  readonly words: readonly string[];
}

/** A row by its parts. */
export function callRow(what: string, call: () => unknown, code: number, ...words: string[]): CallRow {
  return { what, call, code, words };
}

/** Holds the answer to what the row says: one of our errors, in one line. */
export async function checkCall({ call, code, words }: CallRow): Promise<void> {
  let answer: unknown;
  try {
    answer = await call();
  } catch (error) {
    if (!(error instanceof LlamaError)) throw error;
    assertEquals(error.exitCode, code, error.message);
    for (const word of words) assertStringIncludes(error.message, word);
    assert(error.message.length < 1000, `the message is ${error.message.length} characters long`);
    return;
  }
  throw new Error(`expected an error, got ${typeof answer}`);
}
