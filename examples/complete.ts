/** Continues a text: complete.ts [MODEL [TEXT]] */
import { LlamaForCausalLM, LlamaTokenizerFast } from "../src/mod.ts";

const [path = "testdata/default-model", text = "Plants create energy through a process known as"] = Deno.args;

using model = await LlamaForCausalLM.fromPretrained(path);
const tokenizer = await LlamaTokenizerFast.fromPretrained(path);

const inputIds = [tokenizer.encode(text)];
const [ids] = await model.generate({ inputIds, maxNewTokens: 20 });
console.log(tokenizer.decode(ids, { skipSpecialTokens: true }));
