import { fromByteAlphabet } from "./byte_level.ts";
import { type Fields, REQUIRED } from "../../base/fields.ts";
import { compilePattern } from "./pattern.ts";

/** A step from tokens to text: rewrites the list of token strings, which are joined at the end. */
export type Decoder = (tokens: string[]) => string[];

/** The tokens of a decoder chain whose text later tokens can still change, for streaming. */
export type HoldBack = "nothing" | "bytes" | "lastCharacter";

/** Builds the decoder that a tokenizer.json section describes. @throws DataError naming an unknown type. */
export function buildDecoder(section: Fields): Decoder {
  const type = section.string("type", REQUIRED);
  switch (type) {
    case "Sequence": {
      const steps = section.objects("decoders").map(buildDecoder);
      return (tokens) => steps.reduce((value, step) => step(value), tokens);
    }
    case "Replace": {
      const matches = compilePattern(section.object("pattern"));
      const content = section.string("content", REQUIRED);
      if (section.object("pattern").given("String")) {
        const wanted = section.object("pattern").string("String", REQUIRED);
        return (tokens) => tokens.map((token) => token.replaceAll(wanted, () => content));
      }
      return (tokens) => tokens.map((token) => replace(token, matches(token), content));
    }
    case "ByteFallback":
      return decodeByteFallback;
    case "Fuse":
      return (tokens) => [tokens.join("")];
    case "Strip":
      return stripper(section);
    case "ByteLevel":
      return decodeByteLevel;
    case "Metaspace": {
      const mark = section.string("replacement", null) ?? "▁";
      const fallback = (section.boolean("add_prefix_space", null) ?? true) ? "always" : "never";
      const never =
        (section.choice("prepend_scheme", ["always", "first", "never"], null) ?? fallback) === "never";
      return (tokens) =>
        tokens.map((token, index) => token.replaceAll(mark, index === 0 && !never ? "" : " "));
    }
    case "BPEDecoder": {
      const suffix = section.string("suffix", null) ?? "</w>";
      return (tokens) =>
        tokens.map((token, i) => token.replaceAll(suffix, i === tokens.length - 1 ? "" : " "));
    }
    default:
      return section.refuse("type", "a known decoder");
  }
}

/** The part of a decoder's output that is not final yet, by decoder types. */
export function holdBackOf(section: Fields): HoldBack {
  const type = section.string("type", REQUIRED);
  if (type === "ByteFallback") return "bytes";
  if (type === "ByteLevel") return "lastCharacter";
  if (type !== "Sequence") return "nothing";
  return section.objects("decoders").map(holdBackOf).find((kind) => kind !== "nothing") ?? "nothing";
}

function replace(token: string, matches: [number, number][], content: string): string {
  let out = "";
  let at = 0;
  for (const [start, end] of matches) {
    out += token.slice(at, start) + content;
    at = end;
  }
  return out + token.slice(at);
}

/** The byte named by a token like `<0xE2>`, or −1. */
export function byteOfToken(token: string): number {
  return /^<0x[0-9a-fA-F]{2}>$/.test(token) ? parseInt(token.slice(3, 5), 16) : -1;
}

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();

/** Decodes a run of byte tokens if all of it is valid UTF-8; otherwise to one U+FFFD per byte. */
function decodeByteFallback(tokens: string[]): string[] {
  const out: string[] = [];
  let bytes: number[] = [];
  const flush = (): void => {
    if (bytes.length === 0) return;
    const text = utf8.decode(Uint8Array.from(bytes));
    // Only valid bytes encode back to themselves; throwing instead is slow.
    if (encoder.encode(text).every((byte, k) => byte === bytes[k])) out.push(text);
    else for (let k = 0; k < bytes.length; k++) out.push("\ufffd");
    bytes = [];
  };
  for (const token of tokens) {
    const byte = token.length === 6 ? byteOfToken(token) : -1;
    if (byte !== -1) bytes.push(byte);
    else {
      flush();
      out.push(token);
    }
  }
  flush();
  return out;
}

function decodeByteLevel(tokens: string[]): string[] {
  const parts = tokens.map(fromByteAlphabet);
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return [utf8.decode(bytes)];
}

function stripper(section: Fields): Decoder {
  const content = section.string("content", REQUIRED);
  const start = section.integer("start", null, { min: 0, max: 1e6 }) ?? 0;
  const stop = section.integer("stop", null, { min: 0, max: 1e6 }) ?? 0;
  return (tokens) =>
    tokens.map((token) => {
      let from = 0;
      let to = token.length;
      for (let k = 0; k < start && token.startsWith(content, from); k++) from += content.length;
      for (let k = 0; k < stop && to - content.length >= from && token.endsWith(content, to); k++) {
        to -= content.length;
      }
      return token.slice(from, to);
    });
}
