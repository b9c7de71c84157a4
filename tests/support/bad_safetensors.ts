import { safetensorsFile } from "./checkpoint.ts";

/** Invalid files, shared by the tests of the reader and of the command. */

/** The header of one tensor. */
export const f32 = (shape: unknown, begin: unknown, end: unknown, dtype = "F32"): string =>
  JSON.stringify({ dtype, shape, data_offsets: [begin, end] });

/** A file whose first 8 bytes claim this header length. */
function claiming(length: bigint, size: number): Uint8Array {
  const file = new Uint8Array(size);
  new DataView(file.buffer).setBigUint64(0, length, true);
  return file;
}

const latin = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** The fault, the bytes of the file, and words of the message. */
export const BAD_SAFETENSORS: [string, Uint8Array, ...string[]][] = [
  ["empty file", new Uint8Array(0), "empty"],
  ["7 bytes", new Uint8Array(7), "7 bytes"],
  ["N = 0", claiming(0n, 16), "offset 0", "is 0"],
  ["N above the cap", claiming(100_000_001n, 64), "100000001", "at most 100000000"],
  ["N = 2^64 − 1", claiming(2n ** 64n - 1n, 64), "18446744073709551615"],
  ["N past the end", claiming(57n, 64), "57", "only 56 bytes follow"],
  ["a list", safetensorsFile("[]"), "expected a JSON object"],
  ["a string", safetensorsFile('"x"'), "expected a JSON object"],
  ["leading space", safetensorsFile(" {}"), "expected a JSON object"],
  ["a BOM", safetensorsFile("\ufeff{}"), "byte order mark"],
  ["NUL padding", safetensorsFile("{}\0\0\0\0"), "header", "expected the end"],
  ["not UTF-8", safetensorsFile(new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d])), "UTF-8"],
  ["a lone surrogate", safetensorsFile(`{"\\ud800":${f32([1], 0, 4)}}`, 4), "lone surrogate"],
  ["truncated JSON", safetensorsFile('{"w":{"dtype":'), "header", "w.dtype"],
  [
    "a name twice",
    safetensorsFile(`{"w":${f32([1], 0, 4)},"w":${f32([1], 0, 4)}}`, 4),
    "w: the key appears twice",
  ],
  [
    "a key twice",
    safetensorsFile('{"w":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 4),
    "w.dtype: the key appears twice",
  ],
  [
    "two names on a range",
    safetensorsFile(`{"a":${f32([1], 0, 4)},"b":${f32([1], 0, 4)}}`, 4),
    '"b"',
    "overlaps",
  ],
  ["an overlap", safetensorsFile(`{"a":${f32([2], 0, 8)},"b":${f32([1], 4, 8)}}`, 8), '"b"', "overlaps"],
  ["a hole at the start", safetensorsFile(`{"a":${f32([1], 4, 8)}}`, 8), '"a"', "hole after the header"],
  [
    "a hole inside",
    safetensorsFile(`{"a":${f32([1], 0, 4)},"b":${f32([1], 8, 12)}}`, 12),
    '"b"',
    'after "a"',
  ],
  ["a byte after the end", safetensorsFile(`{"a":${f32([1], 0, 4)}}`, 5), "1 bytes after the last tensor"],
  ["data but no tensor", safetensorsFile("{}", 1), "1 bytes after"],
  ["a byte short", safetensorsFile(`{"a":${f32([1], 0, 4)}}`, 3), "truncated", '"a"'],
  ...["1.0", "1e0", "-0", "-1"].map((size): [string, Uint8Array, ...string[]] => [
    `shape ${size}`,
    safetensorsFile(`{"a":{"dtype":"F32","shape":[${size}],"data_offsets":[0,4]}}`, 4),
    "a.shape.0",
    "non-negative integer",
  ]),
  ['shape "1"', safetensorsFile(`{"a":${f32(["1"], 0, 4)}}`, 4), '"a"', "shape", '"1"'],
  ["shape a number", safetensorsFile(`{"a":${f32(1, 0, 4)}}`, 4), '"a"', "shape"],
  ["shape beyond 2^53", safetensorsFile(`{"a":${f32([2 ** 27, 2 ** 27], 0, 4)}}`, 4), '"a"', "overflows"],
  ["shape beyond 2^64", safetensorsFile(`{"a":${f32([2 ** 33, 2 ** 33], 0, 4)}}`, 4), '"a"', "overflows"],
  [
    "a size of 2^64",
    safetensorsFile('{"a":{"dtype":"F32","shape":[18446744073709551617],"data_offsets":[0,4]}}', 4),
    '"a"',
    "18446744073709551617",
  ],
  ["reversed offsets", safetensorsFile(`{"a":${f32([1], 4, 0)}}`, 4), '"a"', "beyond the end"],
  [
    "three offsets",
    safetensorsFile('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}', 4),
    '"a"',
    "data_offsets: expected two",
  ],
  ["no offsets", safetensorsFile('{"a":{"dtype":"F32","shape":[1]}}', 4), '"a"', "data_offsets"],
  ["no shape", safetensorsFile('{"a":{"dtype":"F32","data_offsets":[0,4]}}', 4), '"a"', "shape"],
  ["no dtype", safetensorsFile('{"a":{"shape":[1],"data_offsets":[0,4]}}', 4), '"a"', "dtype"],
  ["offsets against shape", safetensorsFile(`{"a":${f32([2], 0, 4)}}`, 4), '"a"', "4 bytes, expected 8"],
  ["offsets past the end", safetensorsFile(`{"a":${f32([2], 0, 8)}}`, 4), '"a"', "truncated"],
  [
    "offsets of 2^60",
    safetensorsFile(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,${2n ** 60n}]}}`, 4),
    '"a"',
  ],
  ["dtype f32", safetensorsFile(`{"a":${f32([1], 0, 4, "f32")}}`, 4), '"a"', '"f32" is unknown'],
  [
    "dtype of a prototype",
    safetensorsFile(`{"a":${f32([1], 0, 4, "toString")}}`, 4),
    '"toString" is unknown',
  ],
  ["half a byte", safetensorsFile(`{"a":${f32([1], 0, 0, "F4")}}`), '"a"', "whole bytes"],
  ["a tensor that is a number", safetensorsFile('{"a":1}'), '"a"', "expected an object"],
  ["deep nesting", safetensorsFile(`{"a":${"[".repeat(100_000)}`), "nested deeper"],
  [
    "metadata with a number",
    safetensorsFile('{"__metadata__":{"format":1}}'),
    "__metadata__",
    "format",
    "string",
  ],
  ["metadata a list", safetensorsFile('{"__metadata__":[]}'), "__metadata__", "expected an object"],
  [
    "a git-LFS pointer",
    latin("version https://git-lfs.github.com/spec/v1\noid sha256:00\n"),
    "git-LFS pointer",
  ],
  ["an HTML page", latin("<!DOCTYPE html><html>"), "HTML page"],
  ["a short HTML page", latin("<html>"), "HTML page"],
  ["a zip archive", latin("PK\x03\x04\x00\x00\x08\x08\x00\x00"), "zip", "pytorch_model.bin"],
  ["a pickle", latin("\x80\x02}q\x00(X\x1a\x00"), "pickle"],
  ["JSON text", latin('{"model_type": "llama"}'), "JSON"],
];
