/**
 * Tokens a second with and without constraints, in turns: `deno run -A bench/constraints.ts [--rounds 3] [--tokens 96]`.
 */
import { parseArgs } from "@std/cli/parse-args";
import { defaultModelFolder } from "../src/checkpoint/files/locate.ts";
import { type Constraint, JSON_OBJECT } from "../src/constraint/constraint.ts";
import { defaultsFor } from "../src/generate/options/defaults.ts";
import { constrainer } from "../src/generate/sampling/constrainer.ts";
import { Session } from "../src/generate/session.ts";
import { loadTokenizer } from "../src/tokenizer/mod.ts";

const { rounds, tokens } = parseArgs(Deno.args, {
  string: ["rounds", "tokens"],
  default: { rounds: "3", tokens: "96" },
});
const text = { type: "string" };
const CASES: Readonly<Record<string, Constraint | undefined>> = {
  "no constraint": undefined,
  "a text": { kind: "jsonSchema", schema: text },
  "any object": JSON_OBJECT,
  "a list of records": {
    kind: "jsonSchema",
    schema: {
      ...{ type: "array", minItems: 50 },
      items: {
        type: "object",
        properties: { name: { ...text, maxLength: 30 }, age: { type: "integer", minimum: 0, maximum: 99 } },
        ...{ required: ["name", "age"], additionalProperties: false },
      },
    },
  },
  "a regular expression": { kind: "regex", pattern: "( [a-z]{1,12})*" },
};

const path = defaultModelFolder();
const tokenizer = await loadTokenizer(path);
const session = await Session.load(path, { batchSize: 1 });
const constrain = constrainer(tokenizer, session.model.config.vocabSize);
const ids = tokenizer.encode("Once upon a time there was");
const defaults = await defaultsFor(path);
const speeds = new Map(Object.keys(CASES).map((name) => [name, [] as number[]]));
for (let round = 0; round <= Number(rounds); round++) {
  for (const [name, constraint] of Object.entries(CASES)) {
    const options = {
      ...defaults,
      maxNewTokens: Number(tokens),
      doSample: true,
      temperature: 1,
      topK: 0,
      seed: BigInt(round),
    };
    const compiled = constraint && await constrain(constraint);
    let made = 0;
    const start = performance.now();
    for await (const { tokens } of session.generate([{ ids, options, constraint: compiled }])) {
      made += tokens.length;
    }
    // The first round compiles shaders and masks.
    if (round > 0) speeds.get(name)!.push(made / (performance.now() - start) * 1000);
  }
}
session.dispose();
const best = (name: string) => Math.max(...speeds.get(name)!);
for (const name of speeds.keys()) {
  const ratio = best(name) / best("no constraint");
  console.log(
    `${name}: ${best(name).toFixed(1)} tokens a second, ${(100 * ratio).toFixed(0)} % of those without`,
  );
}
