import { DataError } from "../../base/errors.ts";
import { DTYPE_BITS } from "../tensors/dtypes.ts";
import { describeForeign } from "../files/foreign.ts";
import { isJsonObject, type JsonValue, kindOf, parseJson } from "../../base/json.ts";
import type { TensorInfo } from "../tensors/types.ts";

/** The reference's limit on the length of a header, in bytes. */
const MAX_HEADER_BYTES = 100_000_000;

/** Content of a safetensors header. */
export interface SafetensorsHeader {
  /** `__metadata__`; empty if there is none. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Tensors in the order of their offsets. */
  readonly tensors: readonly TensorInfo[];
}

/**
 * Length of the header, from the first bytes of the file.
 * @param start at least the first 8 bytes, or the whole file; more bytes help to identify a file that is not
 * safetensors
 * @throws DataError if this cannot be a safetensors file of that size
 */
export function headerLength(start: Uint8Array, fileSize: number, file: string): number {
  const refuse = (problem: string): never => {
    const foreign = describeForeign(start);
    throw new DataError(
      `${file}: ${foreign === undefined ? problem : `expected a safetensors file, got ${foreign}`}`,
    );
  };
  if (fileSize === 0) refuse("the file is empty, expected a safetensors header");
  if (start.length < 8) refuse(`${fileSize} bytes long, expected at least 8 (header length)`);
  const length = new DataView(start.buffer, start.byteOffset).getBigUint64(0, true);
  if (length === 0n) refuse("header length (offset 0) is 0, expected at least 2");
  if (length > BigInt(MAX_HEADER_BYTES)) {
    refuse(`header length (offset 0) is ${length}, expected at most ${MAX_HEADER_BYTES}`);
  }
  if (length > BigInt(fileSize - 8)) {
    refuse(`header length (offset 0) is ${length}, but only ${fileSize - 8} bytes follow: truncated?`);
  }
  return Number(length);
}

/**
 * Parses and validates a header: names, dtypes, shapes, and offsets that cover the data exactly once.
 * @param header the header's bytes, without the 8-byte length
 * @param file path for the tensors and every message
 * @throws DataError that names file and tensor
 */
export function parseHeader(header: Uint8Array, fileSize: number, file: string): SafetensorsHeader {
  // The brace must be the first byte; JSON alone would allow whitespace.
  const root = header[0] === 0x7b
    ? parseJson(header, `${file}: header`, { maxDepth: 8, unsignedOnly: true })
    : undefined;
  if (!isJsonObject(root)) {
    const bom = header[0] === 0xef && header[1] === 0xbb ? ", got a byte order mark" : "";
    throw new DataError(`${file}: header (offset 8): expected a JSON object starting with "{"${bom}`);
  }
  const dataStart = 8 + header.length;
  const tensors: TensorInfo[] = [];
  let metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(root)) {
    if (name === "__metadata__") metadata = parseMetadata(value, file);
    else tensors.push(parseTensor(name, value, dataStart, file));
  }
  tensors.sort((a, b) => a.offset - b.offset || a.bytes - b.bytes);
  checkCoverage(tensors, dataStart, fileSize, file);
  return { metadata, tensors };
}

function parseMetadata(value: JsonValue, file: string): Record<string, string> {
  const metadata: Record<string, string> = Object.create(null);
  // The reference accepts null too, which a writer may emit if there is none.
  if (value === null) return metadata;
  if (!isJsonObject(value)) {
    throw new DataError(`${file}: __metadata__: expected an object, got ${kindOf(value)}`);
  }
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== "string") {
      throw new DataError(
        `${file}: __metadata__.${JSON.stringify(key)}: expected a string, got ${kindOf(text)}`,
      );
    }
    metadata[key] = text;
  }
  return metadata;
}

function parseTensor(name: string, value: JsonValue, dataStart: number, file: string): TensorInfo {
  const fail = (problem: string): never => {
    throw new DataError(`${file}: tensor ${kindOf(name)}: ${problem}`);
  };
  if (!isJsonObject(value)) return fail(`expected an object, got ${kindOf(value)}`);
  // Other fields are ignored, as in the reference.
  const { dtype, shape, data_offsets: range } = value;
  if (typeof dtype !== "string") return fail(`dtype: expected a string, got ${kindOf(dtype)}`);
  if (!Object.hasOwn(DTYPE_BITS, dtype)) {
    return fail(`dtype: ${kindOf(dtype)} is unknown, expected one like F32, F16 or BF16`);
  }
  if (!isSizes(shape)) return fail(`shape: expected a list of non-negative integers, got ${listing(shape)}`);
  if (!isSizes(range) || range.length !== 2) {
    return fail(`data_offsets: expected two non-negative integers, got ${listing(range)}`);
  }
  const [begin, end] = range;
  if (begin > end) fail(`data_offsets: the begin ${begin} is beyond the end ${end}`);
  let bits = DTYPE_BITS[dtype];
  for (const size of shape) {
    bits *= size;
    if (bits > Number.MAX_SAFE_INTEGER) {
      return fail(`shape ${listing(shape)}: the number of elements overflows`);
    }
  }
  if (bits % 8 !== 0) fail(`shape ${listing(shape)} of ${dtype} does not fill whole bytes`);
  if (bits / 8 !== end - begin) {
    fail(`data_offsets: ${end - begin} bytes, expected ${bits / 8} for ${dtype} of shape ${listing(shape)}`);
  }
  return { name, dtype, shape, file, offset: dataStart + begin, bytes: end - begin };
}

function isSizes(value: JsonValue | undefined): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && (size as number) >= 0);
}

function listing(value: JsonValue | undefined): string {
  if (!Array.isArray(value)) return kindOf(value);
  const items = value.slice(0, 8).map(kindOf).join(", ");
  return value.length > 8 ? `[${items}, …]` : `[${items}]`;
}

/** Tensors, in the order of their offsets, must cover the data from its first byte to the end of the file. */
function checkCoverage(tensors: TensorInfo[], dataStart: number, fileSize: number, file: string): void {
  let end = dataStart;
  let before = "the header";
  for (const tensor of tensors) {
    const name = kindOf(tensor.name);
    if (tensor.offset !== end) {
      const problem = tensor.offset > end ? "leaves a hole after" : "overlaps";
      throw new DataError(
        `${file}: tensor ${name}: data_offsets: begins at byte ${tensor.offset - dataStart} and ${problem} ` +
          `${before}, expected ${end - dataStart}`,
      );
    }
    end += tensor.bytes;
    before = name;
  }
  if (end === fileSize) return;
  throw new DataError(
    end > fileSize
      ? `${file}: ${fileSize} bytes long, but its tensors end at byte ${end}: truncated, ${before} is incomplete`
      : `${file}: ${fileSize} bytes long, expected ${end}: ${fileSize - end} bytes after the last tensor`,
  );
}
