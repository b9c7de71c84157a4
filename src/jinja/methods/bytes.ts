import { bind } from "../values/binding.ts";
import { equal } from "../values/compare.ts";
import { type Method, methodOf, type Methods } from "./methods.ts";
import { sliceRange } from "../values/sequences.ts";
import { index, isInt, isText, plain, raise, typeName } from "../values/types.ts";
import { type Evaluation, type Keywords, PyObject, TemplateError, type Value } from "../values/values.ts";

const NAMED: Readonly<Record<number, string>> = { 9: "\\t", 10: "\\n", 13: "\\r", 92: "\\\\" };

/** Python's bytes, the result of `encode`: can be printed, counted and decoded. */
export class Bytes extends PyObject {
  readonly typeName = "bytes";
  constructor(readonly data: Uint8Array) {
    super();
  }
  override text(ev: Evaluation): string {
    ev.budget.text(this.data.length * 4);
    const mark = this.data.includes(39) && !this.data.includes(34) ? '"' : "'";
    const shown = Array.from(this.data, (byte) => {
      if (byte === mark.charCodeAt(0)) return "\\" + mark;
      if (NAMED[byte]) return NAMED[byte];
      return byte >= 32 && byte < 127
        ? String.fromCharCode(byte)
        : "\\x" + byte.toString(16).padStart(2, "0");
    });
    return `b${mark}${shown.join("")}${mark}`;
  }
  override attribute(name: string): Value | undefined {
    return methodOf(this as Bytes, METHODS, name, "bytes");
  }
  override *iterate(): Iterator<Value> {
    for (const byte of this.data) yield BigInt(byte);
  }
  override length(): number {
    return this.data.length;
  }
  override equals(other: Value): boolean {
    return other instanceof Bytes && other.latin1() === this.latin1();
  }
  override contains(item: Value): boolean {
    if (item instanceof Bytes) return this.latin1().includes(item.latin1());
    if (!isInt(item)) raise("TypeError", `a bytes-like object is required, not '${typeName(item)}'`);
    if (index(item) < 0 || index(item) > 255) raise("ValueError", "byte must be in range(0, 256)");
    return Array.from(this.data).some((byte) => equal(BigInt(byte), item));
  }
  override item(key: Value): Value | undefined {
    if (!isInt(key)) return undefined;
    const byte = this.data.at(index(key));
    return byte === undefined ? undefined : BigInt(byte);
  }
  override slice(start: Value, stop: Value, step: Value, ev: Evaluation): Value {
    const [from, to, by] = sliceRange(this.data.length, start, stop, step);
    const picked: number[] = [];
    for (let at = from; by > 0 ? at < to : at > to; at += by) picked.push(this.data[at]);
    ev.budget.step(picked.length);
    return new Bytes(new Uint8Array(picked));
  }
  /** Decodes as Latin-1: one character per byte. */
  latin1(): string {
    return Array.from(this.data, (byte) => String.fromCharCode(byte)).join("");
  }
}

type Codec = "utf-8" | "ascii" | "latin-1";
const MOST: Readonly<Record<Codec, number>> = { "utf-8": 0x10ffff, ascii: 0x7f, "latin-1": 0xff };

function codecOf(name: Value | undefined, call: string): Codec {
  if (name === undefined) return "utf-8";
  if (!isText(name)) raise("TypeError", `${call}() argument 'encoding' must be str, not ${typeName(name)}`);
  const bare = plain(name).toLowerCase().replace(/[-_ ]/g, "");
  if (bare === "utf8") return "utf-8";
  if (bare === "ascii" || bare === "usascii") return "ascii";
  if (bare === "latin1" || bare === "iso88591") return "latin-1";
  throw new TemplateError(`${call}: expected the encoding utf-8, ascii or latin-1, got ${plain(name)}`);
}

function errorsOf(errors: Value | undefined, call: string): string {
  if (errors === undefined) return "strict";
  if (!isText(errors)) raise("TypeError", `${call}() argument 'errors' must be str, not ${typeName(errors)}`);
  return plain(errors);
}

function unencodable(point: number, codec: Codec, errors: string): string {
  if (errors === "ignore") return "";
  if (errors === "replace") return "?";
  if (errors === "xmlcharrefreplace") return `&#${point};`;
  if (errors === "strict") raise("UnicodeEncodeError", `'${codec}' codec can't encode character ${point}`);
  throw new TemplateError(`str.encode: expected strict, ignore, replace or xmlcharrefreplace, got ${errors}`);
}

/** Python's str.encode(). */
export function encode(self: string, args: readonly Value[], keywords: Keywords, ev: Evaluation): Value {
  const [encoding, errors] = bind("str.encode", "encoding? errors?", args, keywords);
  const codec = codecOf(encoding, "encode");
  const how = errorsOf(errors, "encode");
  ev.budget.text(self.length * 4);
  const allowed = Array.from(self, (character) => {
    const point = character.codePointAt(0)!;
    const alone = point >= 0xd800 && point <= 0xdfff;
    return point > MOST[codec] || alone ? unencodable(point, codec, how) : character;
  }).join("");
  if (codec === "utf-8") return new Bytes(new TextEncoder().encode(allowed));
  return new Bytes(Uint8Array.from(allowed, (character) => character.charCodeAt(0)));
}

const decode: Method<Bytes> = (self, args, keywords, ev) => {
  const [encoding, errors] = bind("bytes.decode", "encoding? errors?", args, keywords);
  const codec = codecOf(encoding, "decode");
  const how = errorsOf(errors, "decode");
  ev.budget.text(self.data.length);
  if (codec === "latin-1") return self.latin1();
  if (codec === "ascii" && self.data.every((byte) => byte < 128)) return self.latin1();
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
      codec === "ascii" ? INVALID : self.data,
    );
  } catch {
    if (how === "strict") raise("ValueError", `'${codec}' codec can't decode`);
    throw new TemplateError("bytes.decode: expected bytes of the encoding, got others");
  }
};

const INVALID = Uint8Array.of(255);

const METHODS: Methods<Bytes> = {
  decode,
  hex: (self, args, keywords) => {
    bind("bytes.hex", "", args, keywords);
    return Array.from(self.data, (byte) => byte.toString(16).padStart(2, "0")).join("");
  },
};

type Int = bigint | boolean;

/** Python's int.to_bytes(). */
export function toBytes(self: Int, args: readonly Value[], keywords: Keywords, ev: Evaluation): Value {
  const signed = keywords.get("signed") === true;
  const others = new Map([...keywords].filter(([name]) => name !== "signed"));
  const [length = 1n, order = "big"] = bind("to_bytes", "length? byteorder?", args, others);
  const size = index(length);
  const little = littleEndian(order);
  if (size < 0) raise("ValueError", "length argument must be non-negative");
  ev.budget.entries(size);
  const value = BigInt(self);
  if (value < 0n && !signed) raise("OverflowError", "can't convert negative int to unsigned");
  const bits = BigInt(size * 8 - (signed && size ? 1 : 0));
  if (value >= 1n << bits || value < -(1n << bits)) raise("OverflowError", "int too big to convert");
  const bytes = Array.from({ length: size }, (_, i) => Number((value >> BigInt(8 * i)) & 255n));
  return new Bytes(new Uint8Array(little ? bytes : bytes.reverse()));
}

function littleEndian(order: Value): boolean {
  if (!isText(order)) {
    raise("TypeError", `to_bytes() argument 'byteorder' must be str, not ${typeName(order)}`);
  }
  if (plain(order) !== "big" && plain(order) !== "little") {
    raise("ValueError", "byteorder must be either 'little' or 'big'");
  }
  return plain(order) === "little";
}

/** Python's int.from_bytes(). */
export function fromBytes(_self: Int, args: readonly Value[], keywords: Keywords): Value {
  const signed = keywords.get("signed") === true;
  const others = new Map([...keywords].filter(([name]) => name !== "signed"));
  const [bytes, order = "big"] = bind("from_bytes", "bytes byteorder?", args, others);
  if (!(bytes instanceof Bytes)) {
    throw new TemplateError(`from_bytes: expected bytes, got ${typeName(bytes!)}`);
  }
  const ordered = littleEndian(order) ? [...bytes.data].reverse() : [...bytes.data];
  const value = ordered.reduce((sum, byte) => sum << 8n | BigInt(byte), 0n);
  return signed ? BigInt.asIntN(ordered.length * 8, value) : value;
}
