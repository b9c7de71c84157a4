/**
 * Folders as found on hubs, each compared with transformers on the same folder: the same numbers, or both
 * refuse.
 */
import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import golden from "../../testdata/checkpoint_variants/golden.json" with { type: "json" };
import { LlamaError } from "../../src/base/errors.ts";
import { LlamaForCausalLM } from "../../src/generate/llama_for_causal_lm.ts";
import { score } from "../../src/generate/measure/score.ts";
import { openModel } from "../../src/model/weights/load.ts";
import { loadedModel } from "../../src/model/classes/pretrained_model.ts";
import { causalHead } from "../../src/model/weights/weights.ts";
import { DIFFERENCES } from "./checkpoint_variants_agreed.ts";
import { buildVariant, type Recipe, RECIPES } from "./checkpoint_variants.ts";

const GENERATE = fromFileUrl(new URL("../../testdata/golden/generate", import.meta.url));
const IDS = [1, 7, 30, 4, 19, 22, 3, 3, 11, 28, 16, 5];

/** Sums in float32 have another order. */
const MOST = 1e-4;

interface Known {
  readonly logprobs?: readonly (number | null)[];
  readonly like?: string;
  readonly tokens?: readonly number[];
  readonly refused?: string;
  readonly random?: readonly string[];
  readonly notFinite?: boolean;
}
const GOLDEN = golden as unknown as Readonly<Record<string, Known>>;

interface Ours {
  readonly logprobs?: readonly (number | null)[];
  readonly tokens?: readonly number[];
  readonly refused?: string;
}

/** This program's result for a folder, on the device of an open model. */
async function oursOf(device: LlamaForCausalLM, recipe: Recipe): Promise<Ours> {
  const folder = await Deno.makeTempDir({ prefix: "llama-variant-" });
  try {
    await buildVariant(folder, recipe);
    const tokens = recipe.generation && await tokensOf(device, folder);
    const model = await openModel(folder, causalHead, { gpu: loadedModel(device).gpu, kvCache: "float32" });
    try {
      return { logprobs: (await score(model, IDS)).logprobs, tokens };
    } finally {
      model.dispose();
    }
  } catch (error) {
    if (!(error instanceof LlamaError)) throw error;
    return { refused: error.message };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function tokensOf(device: LlamaForCausalLM, folder: string): Promise<number[]> {
  const model = await LlamaForCausalLM.fromPretrained(folder, { device });
  try {
    const [row] = await model.generate({ inputIds: [IDS], maxNewTokens: 5, padTokenId: 0 });
    return row.slice(IDS.length);
  } finally {
    model.dispose();
  }
}

/** Undefined if both agree; a folder with random weights counts as refused. */
function differenceOf(known: Known, ours: Ours): string | undefined {
  const expected = known.like ? GOLDEN[known.like].logprobs : known.logprobs;
  if (expected === undefined) {
    return ours.refused !== undefined ? undefined : `only the reference refuses: ${JSON.stringify(known)}`;
  }
  if (ours.logprobs === undefined) return `only ours refuses: ${ours.refused}`;
  const off = Math.max(...expected.slice(1).map((value, i) => Math.abs(value! - ours.logprobs![i + 1]!)));
  if (known.tokens && JSON.stringify(known.tokens) !== JSON.stringify(ours.tokens)) {
    return `other tokens: ${ours.tokens}, expected ${known.tokens}`;
  }
  return off < MOST ? undefined : `read otherwise: by ${off}`;
}

Deno.test("checkpoint variants: the numbers of transformers, or both refuse, or a difference with its reason", async () => {
  const device = await LlamaForCausalLM.fromPretrained(GENERATE);
  const wrong: string[] = [];
  const used = new Set<unknown>();
  try {
    for (const [name, recipe] of Object.entries(RECIPES)) {
      const difference = differenceOf(GOLDEN[name], await oursOf(device, recipe));
      const agreed = DIFFERENCES.find(([names]) => names.test(name));
      if (agreed) used.add(agreed);
      if (agreed ? !agreed[1].test(difference ?? "") : difference !== undefined) {
        wrong.push(`${name}: ${difference ?? "no difference"}`);
      }
    }
  } finally {
    device.dispose();
  }
  assertEquals(wrong, []);
  assertEquals(DIFFERENCES.filter((row) => !used.has(row)), []);
});
