/** An HTML page of a model's attention weights on stdout: attention_picture.ts [MODEL [TEXT]] > picture.html */
import { AttentionMaskVisualizer } from "../src/mod.ts";

const [path = "testdata/default-model", text = "Plants need water and light."] = Deno.args;

await using visualizer = await AttentionMaskVisualizer.fromPretrained(path);
console.log(await visualizer.html(text, { attention: { layer: 0 } }));
