/** Labels and scores of texts: classify.ts [MODEL [TEXT…]] */
import { pipeline } from "../src/mod.ts";

const [path = "testdata/tasks/text_three", ...given] = Deno.args;
const texts = given.length > 0 ? given : ["I loved it.", "It was too long."];

using classify = await pipeline("text-classification", path);
for (const [i, { label, score }] of (await classify(texts)).entries()) {
  console.log(`${label} ${score.toFixed(3)}  ${texts[i]}`);
}
