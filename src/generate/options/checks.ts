import type { Fields } from "../../base/fields.ts";
import { kindOf } from "../../base/json.ts";
import { LARGEST, type Row } from "./row.ts";
import { type FieldName, type GenerationFields, onlyDraws, TABLE } from "./table.ts";
import { DataError } from "../../base/errors.ts";

/** Some old checkpoints use negative ids for "none". */
const LEAST_ID = -(2 ** 31);

/** A row that is a field of GenerationConfig. */
type FieldRow = Exclude<Row, { kind: "seed" }>;

/** Returns a row's value, checked. @throws DataError naming the field */
function check(fields: Fields, name: string, row: FieldRow): unknown {
  const ids = { min: "orNone" in row ? LEAST_ID : 0, max: LARGEST };
  const isList = Array.isArray(fields.get(name));
  switch (row.kind) {
    case "flag":
      return fields.boolean(name, false);
    case "integer":
      return fields.integer(name, null, row);
    case "number":
      return fields.number(name, null, row.above === undefined ? row : { ...row, min: Number.MIN_VALUE });
    case "choice":
      return fields.string(name, null);
    case "flagOrWord":
      return fields.get(name) === row.word ? row.word : fields.boolean(name, false);
    case "texts":
      return typeof fields.get(name) === "string" ? fields.string(name, null) : fields.strings(name, null);
    case "token":
      return fields.integer(name, null, ids);
    case "tokens":
      return fields.integers(name, ids);
    case "tokenOrTokens":
      return isList ? fields.integers(name, ids) : fields.integer(name, null, ids);
    case "runs":
      return runs(fields, name);
    case "biases":
      return biases(fields, name);
    case "startAndFactor":
      return startAndFactor(fields, name);
  }
}

/**
 * Checks generation fields; null stays null.
 * @param names maps each field to its name in `fields`
 * @param unfit collects errors about fields that apply only when sampling; without it they are thrown
 * @throws DataError naming a field that is of the wrong type or out of range
 */
export function checkGenerationFields(
  fields: Fields,
  names: ReadonlyMap<string, string>,
  unfit?: Map<string, string>,
): Partial<GenerationFields> {
  const checked: Record<string, unknown> = {};
  for (const [known, name] of names) {
    const isNull = fields.get(name) === undefined;
    try {
      checked[known] = isNull ? null : check(fields, name, TABLE[known as FieldName]);
    } catch (error) {
      if (!unfit || !onlyDraws(known) || !(error instanceof DataError)) throw error;
      unfit.set(known, error.message);
    }
  }
  return checked as Partial<GenerationFields>;
}

/** A list of lists of ids, none of them empty. */
function runs(fields: Fields, name: string): number[][] {
  const list = fields.get(name);
  const isRun = (run: unknown) => Array.isArray(run) && run.length > 0 && run.every(isToken);
  const bad = Array.isArray(list) ? list.findIndex((run) => !isRun(run)) : -1;
  if (!Array.isArray(list) || bad >= 0) {
    const where = bad >= 0 ? `${name}.${bad}` : name;
    fields.fail(
      where,
      `expected lists of token ids, got ${kindOf(bad >= 0 ? (list as unknown[])[bad] : list)}`,
    );
  }
  return list as number[][];
}

/** A list of [ids, bias]. */
function biases(fields: Fields, name: string): [number[], number][] {
  const list = fields.get(name);
  if (!Array.isArray(list)) fields.fail(name, `expected a list of [ids, bias], got ${kindOf(list)}`);
  return (list as unknown[]).map((pair, i) => {
    const [ids, bias] = Array.isArray(pair) && pair.length === 2 ? pair : [];
    const isGood = Array.isArray(ids) && ids.length > 0 && ids.every(isToken) && typeof bias === "number";
    if (!isGood || Number.isNaN(bias)) {
      fields.fail(`${name}.${i}`, `expected [ids, bias], got ${kindOf(pair)}`);
    }
    return [ids as number[], bias as number];
  });
}

/** An integer and a number. */
function startAndFactor(fields: Fields, name: string): [number, number] {
  const [start, factor] = fields.numbers(name, 2, 0);
  if (!Number.isInteger(start)) fields.fail(name, `expected a whole number of tokens first, got ${start}`);
  return [start, factor];
}

function isToken(id: unknown): boolean {
  return Number.isInteger(id) && id as number >= 0 && id as number <= LARGEST;
}
