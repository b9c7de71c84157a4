/** The pictures and weights of testdata/mask: transformers' output for the default model. */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { AttentionMaskVisualizer } from "./visualizer.ts";
import { LlamaModel } from "../model/classes/llama_model.ts";
import { LlamaTokenizerFast } from "../tokenizer/mod.ts";
import { attentionWeights } from "./attention.ts";

const path = (name: string) => fromFileUrl(new URL(`../../testdata/${name}`, import.meta.url));
const MODEL = path("default-model");

interface Case {
  text: string;
  lines: string[];
  attention: { layer: number; head: number | null; weights: number[][] }[];
}

const cases: Case[] = JSON.parse(await Deno.readTextFile(path("mask/expected.json")));

/** A coloured row of transformers in our form: it ends before a second picture, of sliding windows. */
function row(line: string): string {
  return line.replace(/ {4}\| {4}$/, "").replaceAll("\x1b[92m■\x1b[0m", "G");
}

Deno.test("the text picture has transformers' rows: names, numbers and cells", async () => {
  const visualizer = await AttentionMaskVisualizer.fromPretrained(MODEL);
  for (const { text, lines } of cases) {
    const got = (await visualizer.text(text, { color: true })).split("\n");
    const rows = lines.filter((line) => line.includes("    |    ")).map(row);
    assertEquals(
      got.slice(-1 - rows.length, -1).map((line) => row(line).replace(/ +:/, ":")),
      rows.map((line) => line.replace(/ +:/, ":")),
    );
  }
  // If no character is wider than one column, the lines are identical, including spaces.
  const got = (await visualizer.text(cases[0].text, { color: true })).split("\n");
  assertEquals(got.slice(6, -1).map(row), cases[0].lines.slice(3).map(row));
  assertEquals(got[4], cases[0].lines[1]);
  assertEquals(got[5].trim(), "0 1 2 3 4");
});

Deno.test("attention weights are transformers', of one head and as the mean of a layer", async () => {
  const tokenizer = await LlamaTokenizerFast.fromPretrained(MODEL);
  const model = await LlamaModel.fromPretrained(MODEL, { dtype: "float32" });
  try {
    for (const { text, attention } of cases) {
      const ids = tokenizer.encode(text);
      for (const { layer, head, weights } of attention) {
        const got = await attentionWeights(model, ids, { layer, ...(head !== null && { head }) });
        assertEquals(got.length, ids.length ** 2);
        weights.flat().forEach((weight, i) => assertAlmostEquals(got[i], weight, 1e-4, `${text}: ${layer}`));
      }
    }
  } finally {
    model.dispose();
  }
});
