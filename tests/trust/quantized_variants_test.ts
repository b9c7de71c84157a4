/**
 * Folders in 4 bits as found on hubs: the numbers of their weights, or a refusal if the reference refuses.
 */
import { assertEquals } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import golden from "../../testdata/checkpoint_variants/quantized.json" with { type: "json" };
import { LlamaError } from "../../src/base/errors.ts";
import { LlamaForCausalLM } from "../../src/generate/llama_for_causal_lm.ts";
import { score } from "../../src/generate/measure/score.ts";
import { openModel } from "../../src/model/weights/load.ts";
import { loadedModel } from "../../src/model/classes/pretrained_model.ts";
import { causalHead } from "../../src/model/weights/weights.ts";
import { patched } from "./checkpoint_variants.ts";
import { QUANTIZED_DIFFERENCES } from "./quantized_variants_agreed.ts";

const TESTDATA = fromFileUrl(new URL("../../testdata", import.meta.url));
/** Scales and weights are float16 in the files, and exact; the sums have another order. */
const MOST = 1e-3;

interface Golden {
  readonly config: object;
  readonly inputIds: number[];
  readonly sets: Record<string, { quantization_config: object; logprobs: (number | null)[] }>;
  readonly variants: Record<string, { set: string; patch: object; verdict: string }>;
}
const { config, inputIds, sets, variants } = golden as unknown as Golden;

/** "same", "other: …" or "refused: …" for a variant, on the device of an open model. */
async function verdictOf(device: LlamaForCausalLM, set: string, patch: object): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "llama-quantized-" });
  const { quantization_config, logprobs } = sets[set];
  try {
    const text = JSON.stringify({ ...config, quantization_config: patched(quantization_config, patch) });
    await Deno.writeTextFile(join(folder, "config.json"), text);
    const weights = join(TESTDATA, "checkpoint_variants", "quantized", `${set}.safetensors`);
    await Deno.copyFile(weights, join(folder, "model.safetensors"));
    const model = await openModel(folder, causalHead, { gpu: loadedModel(device).gpu, dtype: "float32" });
    try {
      const ours = (await score(model, inputIds)).logprobs;
      const off = Math.max(...ours.map((value, i) => Math.abs((value ?? 0) - (logprobs[i] ?? 0))));
      return off < MOST ? "same" : `other: off by ${off}`;
    } finally {
      model.dispose();
    }
  } catch (error) {
    if (!(error instanceof LlamaError)) throw error;
    return `refused: ${error.message}`;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("weights in 4 bits: the numbers of their weights, or both refuse, or a difference with its reason", async () => {
  const device = await LlamaForCausalLM.fromPretrained(join(TESTDATA, "golden", "generate"));
  const wrong: string[] = [];
  const used = new Set<unknown>();
  try {
    for (const [name, { set, patch, verdict }] of Object.entries(variants)) {
      const ours = await verdictOf(device, set, patch);
      const alike = verdict === "same" ? ours === "same" : ours.startsWith("refused: ");
      const agreed = QUANTIZED_DIFFERENCES.find(([names]) => names.test(name));
      if (agreed) used.add(agreed);
      if (alike === (agreed !== undefined) || agreed && !agreed[1].test(ours)) {
        wrong.push(`${name}: ${ours}; the reference: ${verdict}`);
      }
    }
  } finally {
    device.dispose();
  }
  assertEquals(wrong, []);
  assertEquals(QUANTIZED_DIFFERENCES.filter((row) => !used.has(row)), []);
});
