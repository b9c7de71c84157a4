/** A part of the schema corpus with the default model; `deno task test:schemas` has all of it. */
import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { compileSchema } from "../../src/constraint/schema/compile.ts";
import { SchemaError } from "../../src/constraint/schema/located.ts";
import { CORPUS } from "./corpus.ts";
import { REFUSED_SCHEMAS } from "./keyword_schemas.ts";
import { runCorpus } from "./run_corpus.ts";

Deno.test("schemas: the corpus is large, and every schema of it compiles", () => {
  assert(CORPUS.length >= 300, `${CORPUS.length} schemas`);
  for (const schema of CORPUS) compileSchema(schema);
});

Deno.test("schemas: answers at a temperature of 2 are valid", async () => {
  const some = CORPUS.filter((_, i) => i % 13 === 5);
  const { ended, invalid, refused } = await runCorpus(some, { seeds: 1, maxNewTokens: 60 });
  assertEquals([invalid, refused], [[], []]);
  assert(ended > some.length / 2, `${ended} of ${some.length} answers ended`);
});

Deno.test("schemas: what is refused is named by pointer and keyword", () => {
  for (const [schema, keyword] of REFUSED_SCHEMAS) {
    const error = assertThrows(() => compileSchema(schema), SchemaError);
    assertStringIncludes(error.message, "JSON schema #/");
    assertStringIncludes(error.message.split(": ")[0], keyword);
  }
});
