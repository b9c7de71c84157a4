/** Every call of testdata/pipelines: the answers of transformers' pipelines, in their shapes. */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { pipeline } from "./mod.ts";

const path = (name: string) => fromFileUrl(new URL(`../../testdata/${name}`, import.meta.url));

interface Case {
  task: "text-generation";
  model: string;
  options: Record<string, unknown>;
  calls: { inputs: unknown; options: Record<string, unknown>; result: unknown }[];
}

const cases: Case[] = JSON.parse(await Deno.readTextFile(path("pipelines/expected.json")));

/** An object with Python's names converted to ours. */
function camel(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, value]) => [
      name.replace(/_(.)/g, (_: string, letter: string) => letter.toUpperCase()),
      value,
    ]),
  );
}

/** Asserts equality except for the last digits of scores. */
function assertSame(got: unknown, want: unknown, what: string) {
  const scores = (value: unknown) => {
    const found: number[] = [];
    JSON.stringify(value, (key, value) => (key === "score" && found.push(value), value));
    return found;
  };
  const others = (value: unknown) =>
    JSON.parse(JSON.stringify(value, (key, value) => key === "score" ? undefined : value));
  assertEquals(others(got), others(want), what);
  scores(want).forEach((score, i) => assertAlmostEquals(scores(got)[i], score, 2e-4, what));
}

for (const { task, model, options, calls } of cases) {
  Deno.test(`${task}, ${model} ${JSON.stringify(options)}: the answers of transformers`, async () => {
    const own = [...Deno.readDirSync(path(model))].some((entry) => entry.name === "tokenizer.json");
    const tokenizer = path(own ? model : "default-model");
    const given = { dtype: "float32", tokenizer, ...camel(options) as object } as const;
    const answer = await pipeline(task, path(model), given);
    try {
      assertEquals(answer.task, task);
      for (const { inputs, options, result } of calls) {
        const what = JSON.stringify(inputs).slice(0, 60) + JSON.stringify(options);
        const input = Array.isArray(inputs) ? inputs.map(camel) : camel(inputs);
        assertSame(await answer(input as string, camel(options) as object), result, what);
      }
    } finally {
      answer.dispose();
    }
  });
}
