import { bytesField, intField, pieceField } from "../../testdata/tokenizer/vocabularies.ts";

/** Invalid tokenizer.model files, shared by the tests of the reader and of the command. */

const encoder = new TextEncoder();

/** A small tokenizer.model; extra fields are appended. */
export function model(
  pieces: number[][],
  trainer: number[] = intField(3, 2),
  ...more: number[][]
): Uint8Array {
  return Uint8Array.from([...pieces.flat(), ...bytesField(2, trainer), ...more.flat()]);
}

/** The unknown piece, which every vocabulary has. */
export const unk: number[] = pieceField("<unk>", 0, 2);
const byteNames = Array.from(
  { length: 256 },
  (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`,
);
/** The pieces of all bytes. */
export const bytePieces: number[][] = byteNames.map((name) => pieceField(name, 0, 6));
/** Trainer settings: BPE with byte_fallback. */
export const fallback: number[] = [...intField(3, 2), ...intField(35, 1)];
const badCharsmap = bytesField(3, bytesField(2, [0xff, 0xff, 0, 0, 1]));

/** The fault, the bytes, the expected message. */
export const BAD_TOKENIZER_MODELS: [string, Uint8Array, RegExp][] = [
  ["empty", new Uint8Array(), /empty file/],
  ["truncated", model([unk, pieceField("a", 0, 1)]).subarray(0, 20), /offset \d+: expected/],
  ["a varint too long", Uint8Array.from([...unk, ...new Array(11).fill(0xff)]), /varint of at most 10 bytes/],
  [
    "a length of 2^63",
    Uint8Array.from([0x0a, ...new Array(9).fill(0xff), 0x01]),
    /offset 0: expected a length from 0/,
  ],
  ["a wire type of 7", Uint8Array.from([0x0f]), /offset 0: expected a known wire type, got 7/],
  [
    "a piece that is too long",
    model([unk, pieceField("é".repeat(4000), 0, 1)]),
    /pieces\[1\]: expected a piece of at most 7999 bytes, got 8000/,
  ],
  ["no unk", model([pieceField("a", 0, 1)]), /expected one unknown piece .*got none/],
  ["two unks", model([unk, pieceField("<unk2>", 0, 2)]), /pieces\[1\]: expected one unknown piece/],
  [
    "a duplicate piece",
    model([unk, pieceField("a", 0, 1), pieceField("a", 0, 1)]),
    /pieces\[2\]: .*a, which is pieces\[1\]/,
  ],
  ["an empty piece", model([unk, pieceField("", 0, 1)]), /pieces\[1\]: expected a piece that is not empty/],
  ["a NaN score", model([unk, pieceField("a", NaN, 1)]), /pieces\[1\]: expected a finite score, got "NaN"/],
  ["an infinite score", model([unk, pieceField("a", Infinity, 1)]), /pieces\[1\]: expected a finite score/],
  [
    "an unknown piece type",
    model([unk, pieceField("a", 0, 9)]),
    /pieces\[1\]: expected a type from 1 to 6, got 9/,
  ],
  [
    "a broken byte piece",
    model([unk, pieceField("<0xZZ>", 0, 6)], fallback),
    /pieces\[1\]: expected a byte piece/,
  ],
  [
    "fewer than 256 byte pieces",
    model([unk, ...bytePieces.slice(1)], fallback),
    /expected 256 byte pieces.*255/,
  ],
  ["byte pieces without byte_fallback", model([unk, ...bytePieces]), /expected no byte pieces/],
  ["model_type word", model([unk], intField(3, 3)), /model_type: .*3 word/],
  ["model_type char", model([unk], intField(3, 4)), /model_type: .*4 char/],
  [
    "a charsmap larger than its blob",
    model([unk], intField(3, 2), badCharsmap),
    /precompiled_charsmap: .*65535/,
  ],
  [
    "a piece that is not UTF-8",
    model([unk, pieceField(Uint8Array.of(0xff, 0xfe), 0, 1)]),
    /pieces\[1\]: offset \d+: expected UTF-8/,
  ],
  ["no pieces", model([]), /pieces: expected a vocabulary/],
  ["cut off inside a varint", Uint8Array.of(0x0a, 0x80), /offset 1: expected a varint, got the end/],
  ["a field number of 0", Uint8Array.of(0x00, 0x01), /offset 0: expected a field number from 1, got 0/],
  [
    "a field number of 2^29",
    Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x10, 0x01),
    /offset 0: expected a field number from 1, got 536870912/,
  ],
  ["cut off inside eight bytes", Uint8Array.of(0x21, 0, 0, 0), /offset 0: expected 8 bytes, got 3/],
  ["cut off inside four bytes", Uint8Array.of(0x25, 0, 0, 0), /offset 0: expected 4 bytes, got 3/],
  ["a number for a piece", Uint8Array.of(0x08, 0x01), /offset 0: expected field 1 as bytes, got varint/],
  ["text for a model_type", model([unk], bytesField(3, [2])), /expected field 3 as a varint, got bytes/],
  ["a number for a score", model([bytesField(1, intField(2, 1))]), /pieces\[0\]: expected a float score/],
  ["a piece with NUL", model([unk, pieceField("a\0", 0, 1)]), /pieces\[1\]: expected a piece without NUL/],
  ["nothing but unk", model([unk]), /pieces: expected one that text can be made of/],
  [
    "a charsmap of three bytes",
    model([unk], intField(3, 2), bytesField(3, bytesField(2, [1, 2, 3]))),
    /precompiled_charsmap: expected a charsmap of 4 bytes/,
  ],
  ["an HTML page", encoder.encode("<!DOCTYPE html><html>"), /an HTML page/],
  ["a git-LFS pointer", encoder.encode("version https://git-lfs.github.com/spec/v1\n"), /a git-LFS pointer/],
  ["a tiktoken vocabulary", encoder.encode("IQ== 0\nIg== 1\n"), /a tiktoken vocabulary/],
];
