import { assertEquals } from "@std/assert";
import { deletion } from "./deletion.ts";
import { deletable, findValidations } from "./find.ts";

/** A reader with every kind of validation, in JavaScript so that it can be run directly. */
const SOURCE = `
class DataError extends Error {}
class Fields {
  constructor(values) { this.values = values; }
  fail(key) /*: never */ { throw new DataError(key); }
  string(key) {
    const value = this.values[key];
    return typeof value === "string" ? value : this.fail(key);
  }
}
export function read(values) {
  const fields = new Fields(values);
  const name = fields.string("name");
  if (values.a === 1 || values.a === 2) throw new DataError("a: throw (1)");
  if (values.b) fields.fail("b");
  if (values.c) { throw new DataError("c"); } else values.done = true;
  if (values.d) throw new RangeError("d");
  return name;
}
`.replace("/*: never */", "");

/** The helper with its TypeScript return type, for the finder only. */
const TYPED = SOURCE.replace("fail(key)  {", "fail(key): never {");

async function loaded(): Promise<(values: Record<string, unknown>) => unknown> {
  const text = deletable(TYPED, findValidations(TYPED), 0).replace("(key): never {", "(key) {");
  return (await import(`data:text/javascript,${encodeURIComponent(text)}`)).read;
}

Deno.test("every validation is found, and none of what only passes on or guards the program", () => {
  const found = findValidations(TYPED).filter(({ line }) => line > 0);
  assertEquals(found.map(({ line, text }) => `${line} ${text.trim()}`).sort(), [
    '13 fields.string("name")',
    '14 throw new DataError("a: throw (1)");',
    "14 values.a === 1",
    "14 values.a === 2",
    '15 fields.fail("b")',
    '16 throw new DataError("c");',
    "8 this.fail(key)",
  ]);
});

Deno.test("a validation refuses until it is deleted, and says that it has refused", async () => {
  const read = await loaded();
  const validations = findValidations(TYPED);
  const idOf = (part: string) => validations.findIndex(({ text }) => text.includes(part));
  const answer = (values: Record<string, unknown>, deleted: number) => {
    deletion.begin(deleted);
    try {
      return read({ name: "x", ...values });
    } catch (error) {
      return `refused: ${(error as Error).message}`;
    }
  };
  assertEquals(answer({}, -1), "x");
  assertEquals(deletion.refused, []);
  const cases: [Record<string, unknown>, string, string][] = [
    [{ name: 5 }, "fields.string", "name"],
    [{ name: 5 }, "this.fail", "name"],
    [{ a: 1 }, "a: throw", "a: throw (1)"],
    [{ a: 2 }, "values.a === 2", "a: throw (1)"],
    [{ b: 1 }, 'fail("b")', "b"],
    [{ c: 1 }, '"c"', "c"],
  ];
  for (const [values, part, message] of cases) {
    assertEquals(answer(values, -1), `refused: ${message}`);
    assertEquals(deletion.refused.includes(idOf(part)), true, part);
    assertEquals(String(answer(values, idOf(part))).startsWith("refused"), false, part);
  }
  assertEquals(answer({ d: 1 }, -1), "refused: d");
  assertEquals(answer({ a: 1 }, idOf("values.a === 1")), "x");
  assertEquals(answer({ a: 2 }, idOf("values.a === 1")), "refused: a: throw (1)");
});
