/** Linear weights in 4 bits, made while loading, beside the weights as they are: int4.ts [MODEL [TEXT]] */
import { Int4WeightOnlyConfig, LlamaForCausalLM, LlamaTokenizerFast } from "../src/mod.ts";

const [path = "testdata/default-model", text = "The sun"] = Deno.args;

const tokenizer = await LlamaTokenizerFast.fromPretrained(path);
const inputIds = [tokenizer.encode(text)];
const int4 = new Int4WeightOnlyConfig({ groupSize: 64 });

for (const quantizationConfig of [undefined, int4]) {
  using model = await LlamaForCausalLM.fromPretrained(path, { quantizationConfig });
  const [ids] = await model.generate({ inputIds, maxNewTokens: 20, doSample: false });
  console.log(
    `${quantizationConfig ? "int4" : "as it is"}: ${tokenizer.decode(ids, { skipSpecialTokens: true })}`,
  );
}
