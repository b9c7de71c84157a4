import { assertEquals } from "@std/assert";
import { Random } from "../../base/random.ts";
import { Automaton } from "../automaton/automaton.ts";
import { compileSchema } from "./compile.ts";

Deno.test("numbers: bounds hold for every decimal near them", () => {
  const random = new Random(3);
  const pick = (values: readonly number[]) => random.of(values);
  const bounds = [
    -1205,
    -100.25,
    -10,
    -1.5,
    -1,
    -0.25,
    -0.01,
    0,
    0.001,
    0.5,
    1,
    1.01,
    9,
    9.99,
    10,
    12.25,
    99,
    100,
    1205,
  ];
  const texts = new Set<string>();
  for (const bound of bounds) {
    for (const step of [0, 0.001, 0.01, 0.1, 0.25, 1, 10, 100]) {
      for (const sign of [-1, 1]) {
        const value = Number((bound + sign * step).toFixed(4));
        texts.add(String(value));
        if (Number.isInteger(value)) texts.add(`${value}.0`);
      }
    }
  }
  for (let round = 0; round < 150; round++) {
    const type = pick([0, 1]) === 0 ? "integer" : "number";
    const schema: Record<string, string | number> = { type };
    if (random.fraction() < 0.8) {
      schema[random.fraction() < 0.5 ? "minimum" : "exclusiveMinimum"] = pick(bounds);
    }
    if (random.fraction() < 0.8) {
      schema[random.fraction() < 0.5 ? "maximum" : "exclusiveMaximum"] = pick(bounds);
    }
    if (random.fraction() < 0.3) {
      schema.multipleOf = type === "integer" ? pick([2, 3, 7, 12]) : pick([0.5, 0.25, 0.1, 2]);
    }
    const fits = (text: string) => {
      const value = Number(text);
      const units = Math.round(value * 10000);
      return (type === "number" || !text.includes(".")) && !Object.is(value, -0) &&
        value >= (schema.minimum as number ?? -Infinity) &&
        value > (schema.exclusiveMinimum as number ?? -Infinity) &&
        value <= (schema.maximum as number ?? Infinity) &&
        value < (schema.exclusiveMaximum as number ?? Infinity) &&
        (schema.multipleOf === undefined || units % Math.round((schema.multipleOf as number) * 10000) === 0);
    };
    const wanted = [...texts].filter(fits);
    let automaton: Automaton | undefined;
    try {
      automaton = new Automaton(compileSchema(schema));
    } catch {
      assertEquals(wanted, [], `${JSON.stringify(schema)} is refused`);
      continue;
    }
    for (const text of texts) {
      if (Object.is(Number(text), -0)) continue;
      const places = text.split(".")[1]?.length ?? 0;
      // A multiple has no more decimal places than its divisor.
      if (
        schema.multipleOf !== undefined && places > (String(schema.multipleOf).split(".")[1]?.length ?? 0)
      ) continue;
      assertEquals(automaton.matches(text), fits(text), `${JSON.stringify(schema)} with ${text}`);
    }
  }
});

Deno.test("numbers: no leading zeros, signs or points alone", () => {
  const automaton = new Automaton(compileSchema({ type: "number" }));
  for (const text of ["0", "-0", "10", "-1.50", "1e5", "1.5E-07", "0.0"]) {
    assertEquals(automaton.matches(text), true, text);
  }
  for (const text of ["01", "+1", "1.", ".5", "-", "1e", "1e+", "--1", "1.5.", "0x1"]) {
    assertEquals(automaton.matches(text), false, text);
  }
});
