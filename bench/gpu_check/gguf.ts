/** Llama models with random weights as GGUF files, llama.cpp's format (version 3). */
import type { LlamaConfig } from "../../src/checkpoint/config/config.ts";
import { randomBytes } from "./random.ts";

/** Storage of a tensor: its number in the format, and bytes of so many numbers. */
const TYPES = {
  f32: { id: 0, block: 1, bytes: 4 },
  f16: { id: 1, block: 1, bytes: 2 },
  q4_0: { id: 2, block: 32, bytes: 18 },
} as const;
type Type = keyof typeof TYPES;
const KINDS = { u32: 4, i32: 5, f32: 6, string: 8, array: 9 } as const;
const ALIGNMENT = 32;

interface Tensor {
  readonly name: string;
  /** Rows and columns; a vector has no rows. */
  readonly shape: readonly number[];
  readonly type: Type;
}

/** Little-endian bytes, appended. */
class Bytes {
  readonly parts: Uint8Array[] = [];
  length = 0;

  add(part: Uint8Array): this {
    this.parts.push(part);
    this.length += part.length;
    return this;
  }
  u32(value: number): this {
    return this.add(new Uint8Array(Uint32Array.of(value).buffer));
  }
  u64(value: number): this {
    return this.add(new Uint8Array(BigUint64Array.of(BigInt(value)).buffer));
  }
  f32(value: number): this {
    return this.add(new Uint8Array(Float32Array.of(value).buffer));
  }
  string(text: string): this {
    const bytes = new TextEncoder().encode(text);
    return this.u64(bytes.length).add(bytes);
  }
}

/** Writes a model; maps of the layers are of the given type, embedding and head in float16, as with our int4. */
export async function writeGguf(path: string, config: LlamaConfig, type: "f16" | "q4_0"): Promise<void> {
  const tensors = tensorsOf(config, type);
  const head = header(config, tensors);
  using file = await Deno.open(path, { write: true, create: true, truncate: true });
  const write = async (bytes: Uint8Array) => {
    for (let done = 0; done < bytes.length;) done += await file.write(bytes.subarray(done));
  };
  await write(head);
  for (const tensor of tensors) {
    const size = bytesOf(tensor);
    const band = bandOf(tensor.type);
    for (let done = 0; done < size; done += band.length) await write(band.subarray(0, size - done));
    await write(new Uint8Array(aligned(size) - size));
  }
}

function header(config: LlamaConfig, tensors: readonly Tensor[]): Uint8Array {
  const fields = new Bytes();
  let count = 0;
  const field = (key: string, kind: keyof typeof KINDS) => {
    count++;
    return fields.string(key).u32(KINDS[kind]);
  };
  field("general.architecture", "string").string("llama");
  field("llama.context_length", "u32").u32(config.maxPositionEmbeddings);
  field("llama.embedding_length", "u32").u32(config.hiddenSize);
  field("llama.block_count", "u32").u32(config.numHiddenLayers);
  field("llama.feed_forward_length", "u32").u32(config.intermediateSize);
  field("llama.attention.head_count", "u32").u32(config.numAttentionHeads);
  field("llama.attention.head_count_kv", "u32").u32(config.numKeyValueHeads);
  field("llama.attention.layer_norm_rms_epsilon", "f32").f32(config.rmsNormEps);
  field("llama.rope.dimension_count", "u32").u32(config.headDim);
  field("llama.vocab_size", "u32").u32(config.vocabSize);
  tokenizer(config.vocabSize, field);
  const infos = new Bytes();
  let offset = 0;
  for (const tensor of tensors) {
    infos.string(tensor.name).u32(tensor.shape.length);
    for (const size of tensor.shape.toReversed()) infos.u64(size);
    infos.u32(TYPES[tensor.type].id).u64(offset);
    offset += aligned(bytesOf(tensor));
  }
  const start = new Bytes().add(new TextEncoder().encode("GGUF")).u32(3).u64(tensors.length).u64(count);
  const length = start.length + fields.length + infos.length;
  const bytes = new Uint8Array(aligned(length));
  let at = 0;
  for (const part of [start, fields, infos].flatMap(({ parts }) => parts)) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** A SentencePiece vocabulary: the special tokens, the bytes, and words that no text needs. */
function tokenizer(size: number, field: (key: string, kind: keyof typeof KINDS) => Bytes): void {
  const special = ["<unk>", "<s>", "</s>"];
  const hex = (byte: number) => byte.toString(16).toUpperCase().padStart(2, "0");
  const names = [...special, ...Array.from({ length: 256 }, (_, i) => `<0x${hex(i)}>`)];
  field("tokenizer.ggml.model", "string").string("llama");
  const tokens = field("tokenizer.ggml.tokens", "array").u32(KINDS.string).u64(size);
  for (let i = 0; i < size; i++) tokens.string(names[i] ?? `t${i}`);
  const scores = new Uint8Array(4 * size);
  field("tokenizer.ggml.scores", "array").u32(KINDS.f32).u64(size).add(scores);
  // Unknown, control, byte, normal.
  const kinds = Int32Array.from(
    { length: size },
    (_, i) => i === 0 ? 2 : i < 3 ? 3 : i < names.length ? 6 : 1,
  );
  field("tokenizer.ggml.token_type", "array").u32(KINDS.i32).u64(size).add(new Uint8Array(kinds.buffer));
}

function tensorsOf(config: LlamaConfig, type: Type): Tensor[] {
  const { hiddenSize: hidden, intermediateSize: inner, headDim, vocabSize } = config;
  const [queries, keys] = [config.numAttentionHeads * headDim, config.numKeyValueHeads * headDim];
  const layer = (i: number): Tensor[] => {
    const map = (name: string, rows: number, columns: number): Tensor => ({
      name: `blk.${i}.${name}.weight`,
      shape: [rows, columns],
      type,
    });
    return [
      { name: `blk.${i}.attn_norm.weight`, shape: [hidden], type: "f32" },
      map("attn_q", queries, hidden),
      map("attn_k", keys, hidden),
      map("attn_v", keys, hidden),
      map("attn_output", hidden, queries),
      { name: `blk.${i}.ffn_norm.weight`, shape: [hidden], type: "f32" },
      map("ffn_gate", inner, hidden),
      map("ffn_up", inner, hidden),
      map("ffn_down", hidden, inner),
    ];
  };
  return [
    { name: "token_embd.weight", shape: [vocabSize, hidden], type: "f16" },
    ...Array.from({ length: config.numHiddenLayers }, (_, i) => layer(i)).flat(),
    { name: "output_norm.weight", shape: [hidden], type: "f32" },
    { name: "output.weight", shape: [vocabSize, hidden], type: "f16" },
  ];
}

function bytesOf({ shape, type }: Tensor): number {
  const { block, bytes } = TYPES[type];
  return shape.reduce((product, n) => product * n, 1) / block * bytes;
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

/** Megabytes of numbers of a type, which fill a tensor again and again. */
function bandOf(type: Type): Uint8Array {
  const bytes = 18 * 2 ** 20;
  if (type === "f32") return new Uint8Array(new Float32Array(bytes / 4).fill(1).buffer);
  if (type === "f16") return randomBytes(bytes, 0x24002400, 0x83ff83ff);
  const band = randomBytes(bytes, 0, 0xffffffff);
  // Scales of 1/256, in float16.
  for (let at = 0; at < bytes; at += 18) band.set([0x00, 0x1c], at);
  return band;
}
