/** Tiny models in each 4-bit format: logits match a float32 run on the dequantized weights. */
import { assert } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { LlamaForCausalLM } from "../../mod.ts";

const MODELS = fromFileUrl(new URL("../../../testdata/int4/models", import.meta.url));
const { inputIds, logits }: { inputIds: number[][]; logits: Record<string, number[][]> } = JSON.parse(
  Deno.readTextFileSync(join(MODELS, "expected.json")),
);

for (const [name, rows] of Object.entries(logits)) {
  Deno.test(`a model of ${name} gives the logits of its weights`, async () => {
    const model = await LlamaForCausalLM.fromPretrained(join(MODELS, name), { dtype: "float32" });
    try {
      const values = await (await model.forward({ inputIds })).logits.data();
      const off = rows.flat().map((value, i) => Math.abs(value - values[i]));
      assert(off.length === values.length && off.every((it) => it <= 1e-3), `off by ${Math.max(...off)}`);
      // Large enough that a wrong weight shows.
      assert(Math.max(...rows.flat().map(Math.abs)) > 1);
    } finally {
      model.dispose();
    }
  });
}
