import { join } from "@std/path";
import { INDEX, SHARDS } from "../support/bad_indexes.ts";
import { LlamaConfig } from "../../src/checkpoint/config/config.ts";
import { DTYPE_BITS } from "../../src/checkpoint/tensors/dtypes.ts";
import { parseJson } from "../../src/base/json.ts";
import { openCheckpoint } from "../../src/checkpoint/safetensors/open_checkpoint.ts";
import { headerLength, parseHeader } from "../../src/checkpoint/safetensors/safetensors.ts";
import { DataError } from "../../src/base/errors.ts";
import type { FuzzTarget } from "./fuzz.ts";
import { mutateTree, textOf, treeOf } from "./json_tree.ts";
import { joined, mutateBytes } from "./mutate_bytes.ts";
import type { Random } from "../../src/base/random.ts";

const encoder = new TextEncoder();

/** A file of a few tensors. */
export const safetensorsTarget: FuzzTarget = {
  name: "safetensors",
  make(random) {
    let end = 0;
    const names = random.some(
      0,
      6,
      (i) => random.of([`w${i}`, `model.layers.${i}.x`, "__proto__", "é😀", "0", ""]),
    );
    const tensors = names.map((name): [string, unknown] => {
      const dtype = random.of(Object.keys(DTYPE_BITS));
      const shape = random.some(0, 4, () => random.below(5));
      const begin = end;
      end += shape.reduce((product, size) => product * size, DTYPE_BITS[dtype]) / 8;
      return [name, { dtype, shape, data_offsets: [begin, end] }];
    });
    const metadata = random.once(3) ? { __metadata__: { format: "pt" } } : {};
    const header = mutated(random, Object.assign(Object.create(null), metadata, Object.fromEntries(tensors)));
    const text = encoder.encode(header + " ".repeat(random.below(9)));
    const length = random.once(12) ? random.below(300) : text.length;
    const file = joined(
      new Uint8Array(new BigUint64Array([BigInt(length)]).buffer),
      text,
      new Uint8Array(Math.max(0, Math.ceil(end) + (random.once(8) ? random.below(9) - 4 : 0))),
    );
    return random.once(6) ? mutateBytes(random, file) : file;
  },
  read(file) {
    const length = headerLength(file.subarray(0, 256), file.length, "f");
    return parseHeader(file.subarray(8, 8 + length), file.length, "f");
  },
};

/** An index next to its shards, and a config.json. */
export function indexTarget(folder: string): FuzzTarget {
  for (const [name, content] of Object.entries(SHARDS)) Deno.writeFileSync(join(folder, name), content);
  return {
    name: "index",
    make(random) {
      const b = random.of(["b.safetensors", "./b.safetensors", "twin.safetensors"]);
      const map = { a: "a.safetensors", b, c: "b.safetensors" };
      const text = encoder.encode(mutated(random, { metadata: { total_size: 12 }, weight_map: map }));
      return random.once(8) ? mutateBytes(random, text) : text;
    },
    async read(text) {
      Deno.writeFileSync(join(folder, INDEX), text);
      (await openCheckpoint(folder)).close();
    },
  };
}

const FIELDS = {
  architectures: ["LlamaForCausalLM"],
  model_type: "llama",
  vocab_size: 64,
  hidden_size: 32,
  intermediate_size: 48,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  head_dim: 8,
  hidden_act: "silu",
  max_position_embeddings: 64,
  rms_norm_eps: 1e-5,
  eos_token_id: [1, 2],
  tie_word_embeddings: false,
  rope_theta: 10000,
  torch_dtype: "bfloat16",
  id2label: { "0": "A", "1": "B" },
};
const SCALINGS = [
  null,
  { rope_type: "linear", factor: 2 },
  { rope_type: "dynamic", factor: 2 },
  { rope_type: "yarn", factor: 4, beta_fast: 32, beta_slow: 1, original_max_position_embeddings: 32 },
  { rope_type: "longrope", factor: 2, short_factor: [1, 1, 1, 1], long_factor: [1, 2, 3, 4] },
  {
    rope_type: "llama3",
    factor: 8,
    low_freq_factor: 1,
    high_freq_factor: 4,
    original_max_position_embeddings: 32,
  },
];

/** A config.json with each kind of scaling. */
export const configTarget: FuzzTarget = {
  name: "config",
  make(random) {
    const text = encoder.encode(mutated(random, { ...FIELDS, rope_scaling: random.of(SCALINGS) }));
    return random.once(8) ? mutateBytes(random, text) : text;
  },
  read(text) {
    const root = parseJson(text, "config.json", { allowsNonFinite: true });
    if (typeof root !== "object" || root === null || Array.isArray(root)) throw new DataError("no object");
    const config = LlamaConfig.from(root, "config.json");
    // An accepted config must survive being written.
    return LlamaConfig.from(JSON.parse(JSON.stringify(config)), "config.json");
  },
};

/** A value's text after up to three changes. */
export function mutated(random: Random, value: unknown): string {
  let tree = treeOf(value);
  for (let left = random.below(4); left > 0; left--) tree = mutateTree(random, tree);
  return textOf(tree);
}
