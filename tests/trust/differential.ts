import { LlamaError } from "../../src/base/errors.ts";
import { AGREED, type Agreed, type Difference } from "./agreed.ts";
import type { DifferentialKind } from "./differential_kinds.ts";
import type { Verdict } from "./python_readers.ts";

/** A file on which this program and the reference differ. */
export interface Disagreement {
  readonly difference: Difference;
  /** The message of the refusing side; else the first place that is read differently, and both values. */
  readonly says: string;
  /** The row of the table that allows it; undefined if no row does yet. */
  readonly agreed: Agreed | undefined;
}

/** This program's verdict on a file. @throws any error that is not one of its own: no file may cause it */
export function ownVerdict(kind: DifferentialKind, file: Uint8Array): Verdict {
  try {
    return { read: kind.read(file) };
  } catch (error) {
    if (error instanceof LlamaError) return { refused: error.message };
    throw error;
  }
}

/** Compares two verdicts on a file; undefined if they agree. */
export function disagreement(
  kind: DifferentialKind,
  file: Uint8Array,
  ours: Verdict,
  theirs: Verdict,
): Disagreement | undefined {
  const found = differenceOf(ours, theirs);
  if (found === undefined) return undefined;
  const [difference, says] = found;
  const text = new TextDecoder("latin1").decode(file);
  const agreed = AGREED.find((row) =>
    row.kind === kind.name && row.difference === difference && row.says.test(says) &&
    (row.file?.test(text) ?? true)
  );
  return { difference, says, agreed };
}

function differenceOf(ours: Verdict, theirs: Verdict): [Difference, string] | undefined {
  if ("refused" in ours) return "refused" in theirs ? undefined : ["only ours refuses", ours.refused];
  if ("refused" in theirs) return ["only the reference refuses", theirs.refused];
  const place = firstDifference(ours.read, theirs.read);
  return place === undefined ? undefined : ["read otherwise", place];
}

/** The first difference of two values; undefined if they are equal. */
function firstDifference(ours: unknown, theirs: unknown, path = ""): string | undefined {
  if (isObject(ours) && isObject(theirs)) {
    for (const key of new Set([...Object.keys(ours), ...Object.keys(theirs)])) {
      const place = firstDifference(ours[key], theirs[key], path === "" ? key : `${path}.${key}`);
      if (place !== undefined) return place;
    }
    return undefined;
  }
  if (Object.is(ours, theirs) || ours === theirs) return undefined;
  return `${path}: ours ${shown(ours)}, theirs ${shown(theirs)}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? "none").slice(0, 200);
}
