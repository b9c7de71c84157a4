/** Builds the folders of testdata/checkpoint_variants, as make_golden.py does. */
import { join } from "@std/path";
import recipes from "../../testdata/checkpoint_variants/recipes.json" with { type: "json" };
import { safetensorsFile } from "../support/checkpoint.ts";
import { joined } from "./mutate_bytes.ts";

/** How to build a folder; "@drop@" in a patch removes a field, "@NaN@" encodes a value that JSON lacks. */
export interface Recipe {
  readonly config?: Readonly<Record<string, unknown>>;
  readonly generation?: Readonly<Record<string, unknown>>;
  /** Prefix of the shards' names; if absent, there is one file. */
  readonly shards?: string;
  readonly weightMap?: Readonly<Record<string, string>>;
  readonly index?: Readonly<Record<string, unknown>>;
  /** Tensors that both shards have, with the same contents or others. */
  readonly copies?: Readonly<Record<string, string>>;
  /** Files to leave out. */
  readonly lose?: readonly string[];
  /** A part of tensors' names, and their type. */
  readonly dtypes?: Readonly<Record<string, string>>;
  readonly prefix?: string;
  readonly rename?: Readonly<Record<string, string>>;
  readonly drop?: readonly string[];
  readonly extra?: Readonly<Record<string, readonly number[]>>;
}

/** A tensor of a file. */
interface Tensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

/** The recipes by name. */
export const RECIPES = recipes.variants as Readonly<Record<string, Recipe>>;

const LAYER: readonly (readonly [string, readonly number[]])[] = [
  ["self_attn.q_proj", [16, 16]],
  ["self_attn.k_proj", [8, 16]],
  ["self_attn.v_proj", [8, 16]],
  ["self_attn.o_proj", [16, 16]],
  ["mlp.gate_proj", [24, 16]],
  ["mlp.up_proj", [24, 16]],
  ["mlp.down_proj", [16, 24]],
  ["input_layernorm", [16]],
  ["post_attention_layernorm", [16]],
];

const SHAPES: readonly (readonly [string, readonly number[]])[] = [
  ["model.embed_tokens.weight", [32, 16]],
  ...[0, 1].flatMap((layer) =>
    LAYER.map(([name, shape]) => [`model.layers.${layer}.${name}.weight`, shape] as const)
  ),
  ["model.norm.weight", [16]],
  ["lm_head.weight", [32, 16]],
];

/** Writes the files of a recipe. */
export async function buildVariant(folder: string, recipe: Recipe): Promise<void> {
  const write = (name: string, content: string | Uint8Array) =>
    Deno.writeFile(
      join(folder, name),
      typeof content === "string" ? new TextEncoder().encode(content) : content,
    );
  await write("config.json", jsonText(patched(recipes.base, recipe.config)));
  if (recipe.generation) await write("generation_config.json", jsonText(recipe.generation));
  const tensors = tensorsOf(recipe);
  if (recipe.shards === undefined) return await write("model.safetensors", fileOf(tensors));
  const names = [...tensors.keys()];
  const half = names.length >> 1;
  const parts: Record<string, string[]> = {
    "a.safetensors": names.slice(0, half),
    "b.safetensors": names.slice(half),
  };
  const weightMap: Record<string, unknown> = {};
  const contents: Record<string, Map<string, Tensor>> = {};
  for (const [file, part] of Object.entries(parts)) {
    for (const name of part) weightMap[name] = recipe.shards + file;
    contents[file] = new Map(part.map((name) => [name, tensors.get(name)!]));
  }
  for (const [name, kind] of Object.entries(recipe.copies ?? {})) {
    const tensor = tensors.get(name) ?? { dtype: "F32", shape: [4], values: numbers(name, 4) };
    contents["a.safetensors"].set(name, tensor);
    const values = kind === "same" ? tensor.values : tensor.values.toReversed();
    contents["b.safetensors"].set(name, { ...tensor, values });
  }
  for (const [file, part] of Object.entries(contents)) {
    if (!recipe.lose?.includes(file)) await write(file, fileOf(part));
  }
  const index = { metadata: { total_size: 1 }, weight_map: patched(weightMap, recipe.weightMap) };
  await write("model.safetensors.index.json", jsonText(patched(index, recipe.index)));
}

function tensorsOf({ drop = [], dtypes = {}, prefix = "", rename = {}, extra = {} }: Recipe) {
  const tensors = new Map<string, Tensor>();
  for (const [name, shape] of SHAPES) {
    if (drop.includes(name)) continue;
    const dtype = Object.entries(dtypes).find(([word]) => name.includes(word))?.[1] ?? "F32";
    let stored = prefix + name;
    for (const [from, to] of Object.entries(rename)) stored = stored.replaceAll(from, to);
    tensors.set(stored, { dtype, shape, values: numbers(name, sizeOf(shape)) });
  }
  for (const [name, shape] of Object.entries(extra)) {
    tensors.set(name, { dtype: "F32", shape, values: numbers(name, sizeOf(shape)) });
  }
  return tensors;
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** A fixed sequence for each name, exact in every type. */
function numbers(name: string, count: number): number[] {
  let state = [...name].reduce((sum, letter, i) => sum + letter.charCodeAt(0) * (i + 1), 0);
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const value = ((state >>> 16) % 257 - 128) / 256;
    return name.includes("norm") ? 1 + value / 4 : value;
  });
}

const ENCODERS: Readonly<Record<string, (values: readonly number[]) => ArrayBufferView<ArrayBuffer>>> = {
  F64: (values) => Float64Array.from(values),
  F32: (values) => Float32Array.from(values),
  F16: (values) => Float16Array.from(values),
  BF16: (values) =>
    Uint16Array.from(new Uint32Array(Float32Array.from(values).buffer), (word) => word >>> 16),
};

function fileOf(tensors: ReadonlyMap<string, Tensor>): Uint8Array {
  const header: Record<string, unknown> = {};
  const pieces: Uint8Array[] = [];
  let end = 0;
  for (const [name, tensor] of tensors) {
    const piece = new Uint8Array(ENCODERS[tensor.dtype](tensor.values).buffer);
    header[name] = {
      dtype: tensor.dtype,
      shape: tensor.shape,
      data_offsets: [end, end + piece.length],
    };
    pieces.push(piece);
    end += piece.length;
  }
  return joined(safetensorsFile(header), ...pieces);
}

function jsonText(value: unknown): string {
  return JSON.stringify(value).replace(/"@(.*?)@"/g, "$1");
}

/** An object with the fields of a patch; "@drop@" removes one. */
export function patched(base: object, patch: object = {}): Record<string, unknown> {
  const entries = Object.entries({ ...base, ...patch });
  return Object.fromEntries(entries.filter(([, value]) => value !== "@drop@"));
}
