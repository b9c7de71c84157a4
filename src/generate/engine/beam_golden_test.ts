/** Beam search through the public class gives transformers' tokens. */
import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { defaultModelFolder } from "../../checkpoint/files/locate.ts";
import { GOLDEN } from "../../../tests/support/golden.ts";
import { loadTokenizer } from "../../tokenizer/mod.ts";
import type { GenerateInputs } from "../generate_inputs.ts";
import { LlamaForCausalLM } from "../llama_for_causal_lm.ts";

interface Case {
  readonly covers: string;
  /** A folder of the golden checkpoints, or "default". */
  readonly checkpoint: string;
  readonly inputs: GenerateInputs;
  readonly sequences: number[][];
}

const cases: Case[] = JSON.parse(await Deno.readTextFile(new URL("beam.json", GOLDEN)));

function folderOf(checkpoint: string): string {
  return checkpoint === "default" ? defaultModelFolder() : fromFileUrl(new URL(`${checkpoint}/`, GOLDEN));
}

Deno.test("beam search: golden cases", async (test) => {
  assert(cases.length >= 30);
  const models = new Map<string, LlamaForCausalLM>();
  try {
    for (const { covers, checkpoint, inputs, sequences } of cases) {
      await test.step(covers, async () => {
        // The first model opens the device for all.
        const device = models.values().next().value;
        const model = models.get(checkpoint) ??
          await LlamaForCausalLM.fromPretrained(folderOf(checkpoint), { dtype: "float32", device });
        models.set(checkpoint, model);
        const tokenizer = inputs.stopStrings ? await loadTokenizer(folderOf(checkpoint)) : undefined;
        assertEquals(await model.generate({ ...inputs, tokenizer }), sequences);
      });
    }
  } finally {
    for (const model of [...models.values()].reverse()) model.dispose();
  }
});
