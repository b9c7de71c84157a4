import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { LlamaError } from "../../src/base/errors.ts";

/** A bad input of a library call, or of a server's response, and the expected error. */
export interface CallRow {
  readonly what: string;
  readonly call: () => unknown;
  readonly code: number;
  /** Words that the message must contain. */
  readonly words: readonly string[];
}

/** Makes a row from its parts. */
export function callRow(what: string, call: () => unknown, code: number, ...words: string[]): CallRow {
  return { what, call, code, words };
}

/** Checks the error against the row: one of our errors, in one line. */
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
