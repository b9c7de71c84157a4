/** A process to be killed: saves a model into a folder repeatedly, in two storage types alternately. */
import { LlamaForCausalLM } from "../../src/generate/llama_for_causal_lm.ts";

const [model, folder] = Deno.args;
const loaded = await LlamaForCausalLM.fromPretrained(model);
for (let turn = 0;; turn++) {
  await loaded.savePretrained(folder, { dtype: turn % 2 === 0 ? "float32" : "bfloat16" });
  await Deno.stdout.write(new Uint8Array([0x2e]));
}
