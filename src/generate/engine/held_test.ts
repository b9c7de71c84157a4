import { assert, assertEquals } from "@std/assert";
import { defaultModelFolder } from "../../checkpoint/files/locate.ts";
import { type Constraint, JSON_OBJECT } from "../../constraint/constraint.ts";
import { Constraints } from "../../constraint/constraints.ts";
import { loadTokenizer } from "../../tokenizer/mod.ts";
import { defaultsFor } from "../options/defaults.ts";
import { tokenVocabulary } from "../sampling/token_vocabulary.ts";
import { Session } from "../session.ts";
import type { GenerationOptions, GenerationRequest } from "../options/types.ts";

const PERSON: Constraint = {
  kind: "jsonSchema",
  schema: {
    type: "object",
    properties: {
      name: { type: "string", maxLength: 20 },
      age: { type: "integer", minimum: 0, maximum: 120 },
    },
    required: ["name", "age"],
    additionalProperties: false,
  },
};
const WORDS: Constraint = { kind: "regex", pattern: " [a-z]{2,5}( [a-z]{2,7}){3}\\." };

Deno.test("constraints: answers are held to their language, whatever runs beside them", async (test) => {
  const path = defaultModelFolder();
  const tokenizer = await loadTokenizer(path);
  const session = await Session.load(path, { batchSize: 4 });
  try {
    const { vocabSize } = session.model.config;
    const constraints = new Constraints(await tokenVocabulary(tokenizer, vocabSize));
    const defaults = await defaultsFor(path);
    const ids = tokenizer.encode("Once upon a time");
    const request = (
      constraint: Constraint | undefined,
      given: Partial<GenerationOptions>,
    ): GenerationRequest => ({
      ids,
      options: { ...defaults, maxNewTokens: 48, doSample: true, temperature: 2, topK: 0, ...given },
      constraint: constraint && constraints.of(constraint),
    });
    const run = async (requests: GenerationRequest[]) => {
      const ids: number[][] = requests.map(() => []);
      const reasons: (string | undefined)[] = [];
      for await (const { index, tokens, finishReason } of session.generate(requests)) {
        ids[index].push(...tokens);
        if (finishReason) reasons[index] = finishReason;
      }
      return ids.map((tokens, i) => ({ tokens, reason: reasons[i] }));
    };
    const textOf = (tokens: number[]) =>
      tokenizer.decode([...ids, ...tokens], { skipSpecialTokens: true }).slice(
        tokenizer.decode(ids, { skipSpecialTokens: true }).length,
      );

    await test.step("valid at every seed", async () => {
      const seeds = [1n, 2n, 3n, 4n, 5n, 6n];
      const answers = await run(seeds.map((seed) => request(PERSON, { seed, maxNewTokens: 100 })));
      assert(answers.some(({ reason }) => reason === "stop"), "some answers end");
      for (const { tokens, reason } of answers) {
        const text = textOf(tokens);
        if (reason === "length") continue;
        const { name, age, ...others } = JSON.parse(text);
        assertEquals([typeof name, Number.isInteger(age) && age >= 0 && age <= 120, others], [
          "string",
          true,
          {},
        ], text);
      }
      for (const { tokens, reason } of await run(seeds.map((seed) => request(WORDS, { seed })))) {
        if (reason === "stop") assert(/^ [a-z]{2,5}( [a-z]{2,7}){3}\.$/.test(textOf(tokens)), textOf(tokens));
      }
    });

    await test.step("the same alone, beside others and on the host", async () => {
      const given = { seed: 7n, repetitionPenalty: 1.3 };
      for (const constraint of [PERSON, WORDS, JSON_OBJECT]) {
        const [alone] = await run([request(constraint, given)]);
        const many = await run([
          request(undefined, { seed: 8n }),
          request(constraint, given),
          request(undefined, { seed: 9n, doSample: false }),
          request(WORDS, { seed: 10n }),
        ]);
        assertEquals(many[1], alone);
        assertEquals(many[0], (await run([request(undefined, { seed: 8n })]))[0]);
        const [host] = await run([request(constraint, { ...given, logitsProcessor: [() => {}] })]);
        assertEquals(host, alone, "on the host");
      }
    });

    await test.step("without end tokens the whole text is the end", async () => {
      const [answer] = await run([
        request({ kind: "regex", pattern: "abc" }, { eosTokenIds: [], doSample: false }),
      ]);
      assertEquals([textOf(answer.tokens), answer.reason], ["abc", "stop"]);
    });
  } finally {
    session.dispose();
  }
});
