import { joined } from "../../base/bytes.ts";

/**
 * Maximum length of a line or an undivided prompt in bytes: beyond any context, and small next to the memory.
 */
export const MAX_LINE_BYTES = 64 * 1024 * 1024;

/** One line of a stream of bytes, without its line break. */
export interface Line {
  /** Line number, from 1. */
  readonly number: number;
  /** Position of its first byte in the stream. */
  readonly offset: number;
  /** Undefined if the line was longer than the limit; its bytes were skipped. */
  readonly bytes: Uint8Array | undefined;
}

/**
 * Splits a stream at line feeds (a carriage return before one is dropped with it) and yields each line as
 * soon as it is complete. Holds at most `limit` bytes besides one chunk.
 */
export async function* splitLines(
  chunks: AsyncIterable<Uint8Array>,
  limit = MAX_LINE_BYTES,
): AsyncGenerator<Line> {
  let parts: Uint8Array[] = [];
  let size = 0;
  let number = 1;
  let offset = 0;

  const finish = (hadBreak: boolean): Line => {
    let bytes = size > limit ? undefined : joined(parts);
    if (hadBreak && bytes?.at(-1) === 0x0d) bytes = bytes.subarray(0, -1);
    const line = { number, offset, bytes };
    number += 1;
    offset += size + 1;
    parts = [];
    size = 0;
    return line;
  };
  const add = (part: Uint8Array) => {
    size += part.length;
    if (size > limit) parts = [];
    else parts.push(part);
  };

  for await (const chunk of chunks) {
    let from = 0;
    for (let at; (at = chunk.indexOf(0x0a, from)) >= 0; from = at + 1) {
      add(chunk.subarray(from, at));
      yield finish(true);
    }
    // A copy: the reader may reuse its buffer before the rest of the line arrives.
    if (from < chunk.length) add(chunk.slice(from));
  }
  if (size > 0) yield finish(false);
}

/** All bytes of a stream; undefined if they exceed the limit (reading then stops). */
export async function readAll(
  chunks: AsyncIterable<Uint8Array>,
  limit = MAX_LINE_BYTES,
): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > limit) return undefined;
    parts.push(chunk.slice());
  }
  return joined(parts);
}
