import { join } from "@std/path";
import { BAD_CONFIG_TEXTS, BAD_FIELDS, BAD_SCALINGS } from "../support/bad_configs.ts";
import { addOddities, BAD_WEIGHT_MAPS, INDEX, index, SHARDS } from "../support/bad_indexes.ts";
import { BAD_SAFETENSORS, f32 } from "../support/bad_safetensors.ts";
import { safetensorsFile } from "../support/checkpoint.ts";
import golden from "../../testdata/golden/gqa_bf16/config.json" with { type: "json" };
import type { Row } from "./row.ts";

const WEIGHTS = "model.safetensors";

/** A config's text; numbers that JSON lacks are written as Python and others write them. */
function configText(fields: Record<string, unknown>): string {
  const text = JSON.stringify(fields, (_, value) => {
    if (typeof value === "bigint") return `@${value}@`;
    if (typeof value !== "number" || Number.isFinite(value)) return value;
    return Number.isNaN(value) ? "@NaN@" : "@1e999@";
  });
  return text.replace(/"@(.*?)@"/g, "$1");
}

const config = (what: string, fields: Record<string, unknown>, ...words: string[]): Row => ({
  what: `config.json: ${what}`,
  files: { "config.json": configText({ model_type: "llama", ...fields }) },
  code: 3,
  words,
});

/** The good model's weights with some bytes of the header, or of a tensor, replaced. */
function changedWeights(change: (bytes: Uint8Array, header: string) => void): Uint8Array {
  const bytes = Deno.readFileSync(new URL(`../../testdata/golden/gqa_bf16/${WEIGHTS}`, import.meta.url));
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  change(bytes, new TextDecoder("latin1").decode(bytes.subarray(0, 8 + length)));
  return bytes;
}

/** The header declares another type of the same width for the embedding. */
const otherDtype = () =>
  changedWeights((bytes, header) => {
    const at = header.indexOf('"BF16"', header.indexOf("model.embed_tokens.weight"));
    bytes.set(new TextEncoder().encode('"I16" '), at);
  });

/** The last norm contains a NaN. */
const notANumber = () =>
  changedWeights((bytes, header) => {
    const { "model.norm.weight": { data_offsets: [begin] } } = JSON.parse(header.slice(8));
    bytes.set([0xc0, 0x7f], header.length + begin);
  });

/** A sparse file: only its header takes disk space. */
async function hugeModel(folder: string): Promise<void> {
  const [hidden, vocab] = [2 ** 17, 2 ** 20];
  const header: Record<string, unknown> = {};
  let end = 0;
  const add = (name: string, ...shape: number[]) => {
    const begin = end;
    end += shape.reduce((product, n) => product * n, 2);
    header[name] = { dtype: "BF16", shape, data_offsets: [begin, end] };
  };
  add("model.embed_tokens.weight", vocab, hidden);
  add("lm_head.weight", vocab, hidden);
  add("model.norm.weight", hidden);
  const bytes = safetensorsFile(header);
  await Deno.writeFile(join(folder, WEIGHTS), bytes);
  await Deno.truncate(join(folder, WEIGHTS), bytes.length + end);
}

/** Invalid checkpoints and configs. */
export const MODEL_ROWS: readonly Row[] = [
  ...BAD_SAFETENSORS.map(([what, bytes, ...words]): Row => ({
    what: `safetensors: ${what}`,
    files: { [WEIGHTS]: bytes },
    code: 3,
    words: [WEIGHTS, ...words],
  })),
  {
    what: "safetensors: a tensor called __proto__ and nothing that is needed",
    files: { [WEIGHTS]: safetensorsFile(`{"__proto__":${f32([1], 0, 4)}}`, 4) },
    code: 3,
    words: ["missing tensors"],
  },
  {
    what: "safetensors: a dtype that is known and does not run",
    files: { [WEIGHTS]: otherDtype() },
    code: 3,
    words: ["model.embed_tokens.weight", "I16 is unsupported"],
  },
  ...BAD_WEIGHT_MAPS.map(([what, weightMap, ...words]): Row => ({
    what: `index: ${what}`,
    files: { [WEIGHTS]: null, [INDEX]: index(weightMap), ...SHARDS },
    prepare: addOddities,
    code: 3,
    words,
  })),
  {
    what: "index: a list",
    files: { [WEIGHTS]: null, [INDEX]: "[]" },
    code: 3,
    words: [INDEX + ": expected an object, got a list"],
  },
  ...BAD_FIELDS.map(([fields, ...words]) =>
    config(
      words.join(" "),
      fields,
      "config.json: ",
      ...words,
    )
  ),
  {
    what: "config.json: code of its own, and no model_type",
    files: { "config.json": '{"auto_map": {"AutoConfig": "x.Y"}}' },
    code: 3,
    words: ["auto_map", "code of its own"],
  },
  ...BAD_CONFIG_TEXTS.map(([text, ...words]): Row => ({
    what: `config.json: ${text}`,
    files: { "config.json": text },
    code: 3,
    words: ["config.json", ...words],
  })),
  ...BAD_SCALINGS.map(([scaling, ...words]) =>
    config(
      `rope_scaling ${JSON.stringify(scaling)}`,
      { hidden_size: 32, num_attention_heads: 4, rope_scaling: scaling },
      "rope_scaling.",
      ...words,
    )
  ),
  config(
    "a vocabulary that is not the checkpoint's",
    { ...golden, vocab_size: 60 },
    "embed_tokens",
    "[61,24]",
    "[60,24]",
  ),
  config(
    "a width that is not the checkpoint's",
    { ...golden, hidden_size: 32 },
    "q_proj",
    "[24,24]",
    "[32,32]",
  ),
  {
    what: "weights that are not numbers",
    files: { [WEIGHTS]: notANumber() },
    code: 3,
    words: ["not finite", "generated token 0"],
    inRecord: true,
  },
  {
    what: "weights that are not numbers, scored",
    files: { [WEIGHTS]: notANumber() },
    args: ["score", "-m", "FOLDER", "--jsonl"],
    stdin: ['{"prompt": [1, 2]}'],
    code: 3,
    words: ["not finite", "prompt token 0"],
    inRecord: true,
  },
  {
    what: "a model larger than the machine's memory",
    files: {
      "config.json": configText({
        ...golden,
        hidden_size: 2 ** 17,
        vocab_size: 2 ** 20,
        num_hidden_layers: 1,
      }),
      [WEIGHTS]: null,
    },
    prepare: hugeModel,
    code: 4,
    words: [/out of memory: .*model\.safetensors needs \d{12,} bytes, this device has \d+/],
  },
  { what: "no config.json", files: { "config.json": null }, code: 4, words: ["config.json", "no such file"] },
  { what: "no weights", files: { [WEIGHTS]: null }, code: 4, words: ["no weights"] },
  {
    what: "PyTorch's weights",
    files: { [WEIGHTS]: null, "pytorch_model.bin": "PK" },
    code: 3,
    words: ["pytorch_model.bin", "unsupported"],
  },
];
