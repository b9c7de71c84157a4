/** Two turns of a conversation through the model's chat template: chat.ts [MODEL] */
import { type ChatMessage, LlamaForCausalLM, LlamaTokenizerFast } from "../src/mod.ts";

const [path = "testdata/default-model"] = Deno.args;

using model = await LlamaForCausalLM.fromPretrained(path);
const tokenizer = await LlamaTokenizerFast.fromPretrained(path);

const messages: ChatMessage[] = [{ role: "system", content: "Answer in one sentence." }];
for (const question of ["What do plants need?", "Why?"]) {
  messages.push({ role: "user", content: question });
  const prompt = tokenizer.applyChatTemplate(messages, { addGenerationPrompt: true });
  const [ids] = await model.generate({ inputIds: [prompt], maxNewTokens: 40 });
  const answer = tokenizer.decode(ids.slice(prompt.length), { skipSpecialTokens: true }).trim();
  messages.push({ role: "assistant", content: answer });
  console.log(`> ${question}\n${answer}`);
}
