import { assertEquals } from "@std/assert";
import { fast, makers, readGolden, rowsOf } from "../../testdata/tokenizer/golden.ts";
import { llama2Model } from "../../testdata/tokenizer/vocabularies.ts";

const golden = await readGolden("golden.json.gz");

for (const [name, make] of Object.entries(makers)) {
  Deno.test(`${name}: ${golden.texts.length} hard strings encode and decode as in Python`, async () => {
    const tokenizer = await make();
    const rows = rowsOf(golden, name);
    golden.texts.forEach((text, k) => {
      // Joined, since comparing 5,000 arrays number by number takes longer than the rest of the test.
      assertEquals(tokenizer.encode(text).join(), rows.ids[k].join(), `ids of ${JSON.stringify(text)}`);
      assertEquals(tokenizer.decode(rows.ids[k]), rows.decoded[k]);
      assertEquals(tokenizer.decode(rows.ids[k], { skipSpecialTokens: true }), rows.skipped[k]);
    });
  });
}

Deno.test("a tokenizer.model converts to the tokenizer.json that transformers saves", () => {
  const files = llama2Model();
  delete files["tokenizer_config.json"];
  const converted = fast(files);
  const rows = rowsOf(golden, "llama2-fast");
  golden.texts.slice(0, 1000).forEach((text, k) =>
    assertEquals(converted.encode(text).join(), rows.ids[k].join(), text)
  );
});
