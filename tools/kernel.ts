/**
 * deno task kernel [NAME] [--adapter KIND] [--model FOLDER] [--dtype TYPE] [--int4] [--sequences N]
 * [--prompt] [--sample]: prints the linked WGSL of the kernel NAME (a part of a label, such as qkv_proj) for
 * a kind of device and a model. Without NAME it lists the labels. Needs no GPU.
 *
 *   KIND  hardware0 hardware8 hardware16 hardware32 hardware64 software0 software4 software8: the number is
 * the
 *         subgroup size, 0 if it is not fixed (default: hardware32)
 *   TYPE  float32, float16, bfloat16 (default: the model's own)
 */
import { parseArgs } from "@std/cli/parse-args";
import { LlamaConfig } from "../src/checkpoint/config/config.ts";
import type { WeightDtype } from "../src/checkpoint/tensors/types.ts";
import { Decoder } from "../src/generate/decode/decoder.ts";
import { modelOf } from "../tests/support/shapes.ts";
import { GREEDY } from "../src/ops/sample.ts";
import { countingGpu, DEVICES } from "./linked_kernels.ts";

const INT4 = { groupSize: 128, scaleDtype: "bfloat16", zeroKind: "value" } as const;
/** Positions of the KV cache: prompts of one tile and contexts of several splits. */
const CAPACITY = 1024;

const options = parseArgs(Deno.args, {
  string: ["adapter", "model", "dtype", "sequences"],
  boolean: ["int4", "prompt", "sample"],
  default: { adapter: "hardware32", model: "testdata/default-model", sequences: "1" },
});
const { label, code } = await kernelOf(String(options._[0] ?? ""));
console.log(`// ${label}, for ${options.adapter}\n${code}`);

async function kernelOf(name: string): Promise<{ label: string; code: string }> {
  const texts = await textsOf();
  const found = [...texts].filter(([label]) => label.includes(name));
  if (name !== "" && found.length === 1) return { label: found[0][0], code: found[0][1] };
  const exact = found.find(([label]) => label.split(".").at(-1) === name);
  if (exact) return { label: exact[0], code: exact[1] };
  const problem = name === ""
    ? ""
    : found.length === 0
    ? `no kernel is called ${name}: `
    : `${name} is one of: `;
  console.error(problem + [...(found.length > 1 ? found : texts)].map(([label]) => label).join("\n"));
  Deno.exit(name === "" ? 0 : 2);
}

/** The texts by label: of a step of all sequences, or of a prompt. */
async function textsOf(): Promise<Map<string, string>> {
  const kinds = Object.fromEntries(
    Object.values(DEVICES).map((
      traits,
    ) => [`${traits.software ? "software" : "hardware"}${traits.subgroupSize}`, traits]),
  );
  const traits = kinds[options.adapter];
  if (traits === undefined) {
    console.error(`--adapter: expected one of ${Object.keys(kinds).join(" ")}, got ${options.adapter}`);
    Deno.exit(2);
  }
  const texts = new Map<string, string>();
  const gpu = countingGpu(traits, (label, code) => texts.set(label, code));
  const whole = (await LlamaConfig.fromPretrained(options.model)).toJSON();
  const config = LlamaConfig.from({ ...whole, num_hidden_layers: 1, quantization_config: null });
  const dtype = (options.dtype ?? config.dtype ?? "float32") as WeightDtype;
  const heads = [{ name: "lm_head", rows: config.vocabSize, bias: false } as const];
  const model = await modelOf(gpu, config, { dtype, int4: options.int4 ? INT4 : undefined, heads });
  const sequences = Number(options.sequences);
  const decoder = new Decoder(model, sequences, CAPACITY);
  decoder.admit({ slot: 0, ids: [1, 2] }, { ...GREEDY, doSample: options.sample }, []);
  // The step's kernels are linked first, under the same labels as the prompt's.
  if (options.prompt) await decoder.prefill([{ slot: 0, ids: Array(70).fill(1) }]);
  else decoder.encode(1, sequences, CAPACITY);
  return texts;
}
