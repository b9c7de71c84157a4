import { fromByteAlphabet } from "./tokenizer_json/byte_level.ts";
import { byteOfToken } from "./tokenizer_json/decoders.ts";
import type { LlamaTokenizerFast } from "./fast.ts";

/** A token before the one in question, so that a decoder treats that as inner text. */
const BEFORE = "a";

/**
 * The bytes of a token inside a text: those of a text's tokens, joined, are the text's UTF-8, although a single
 * token may be a part of a character. A special token has none.
 */
export function tokenBytes({ pipeline }: LlamaTokenizerFast, id: number): Uint8Array {
  const token = pipeline.idToToken(id);
  if (token === undefined || pipeline.isSpecial(id)) return new Uint8Array(0);
  if (pipeline.holdBack === "lastCharacter") return Uint8Array.from(fromByteAlphabet(token));
  const byte = pipeline.holdBack === "bytes" ? byteOfToken(token) : -1;
  if (byte >= 0) return Uint8Array.of(byte);
  const text = pipeline.join([BEFORE, token]).slice(pipeline.join([BEFORE]).length);
  return new TextEncoder().encode(text);
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The text of a token; of a part of a character, its bytes as `bytes:\xe2\x82`, as OpenAI writes them. */
export function tokenText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return `bytes:${[...bytes].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("")}`;
  }
}
