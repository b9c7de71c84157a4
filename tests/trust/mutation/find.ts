import { closingOf, codeOnly, firstOf } from "./code_only.ts";

/** A validation of a source, and the edits that make it deletable. */
export interface Validation {
  /** Line number, from 1. */
  readonly line: number;
  /** The deleted text, in one line. */
  readonly text: string;
  /** Insertions by position; `#` is the validation's number. */
  readonly edits: readonly (readonly [number, string])[];
}

/** Methods of both `Fields` classes: each call is a separate validation. */
const READING = "integer|number|boolean|string|choice|array|object|objects|numbers|integers|strings|of";
/** Functions that check on behalf of their callers: each call is a validation. */
const CHECKING = "only|nothing|required|need|checkIds|#?expect";
/** The checking functions that other files call. */
const SHARED = "(?<=\\.)need|checkIds";
/** Code that must not be deleted: invariants of the program itself, and rethrown errors. */
const NO_VALIDATION = /^throw (?:new (?:Range|Type)?Error\(|error;)/;
/** Matches the definition of a checking function. */
const CHECKER = new RegExp(
  `(?:function |const |\\n  )(${CHECKING})(?:<[^()]*>)?(?: = )?\\((?:[^()]|\\([^()]*\\))*\\)(?:: [^{;]*?)?(?: =>)? \\{`,
  "g",
);
/** A function that always throws: its calls are the validations. */
const NEVER = /(?:function\s+|const\s+)?(#?\w+)\s*(?:=\s*)?\((?:[^()]|\([^()]*\))*\): never(?: =>)? \{/g;

/**
 * Every validation of a source: `throw` statements, calls of helpers that throw, calls of functions that
 * check for their callers, and each alternative in the condition of an `if` that only refuses.
 */
export function findValidations(source: string): Validation[] {
  const code = codeOnly(source);
  const found: Validation[] = [];
  const helpers: Region[] = [...code.matchAll(NEVER)].map((match) => regionAt(code, match, match[1]));
  const checkers = checkersOf(code);
  const isIn = (regions: readonly Region[], at: number) =>
    regions.some(({ from, to }) => from < at && at < to);
  const add = (from: number, to: number, edits: Validation["edits"]) => {
    const line = source.slice(0, from).split("\n").length;
    found.push({ line, text: source.slice(from, to).replace(/\s+/g, " ").slice(0, 120), edits });
  };

  for (const { index } of code.matchAll(/(?<![\w$.])throw\b/g)) {
    const end = firstOf(code, index, ";") + 1;
    if (isIn(helpers, index)) {
      // The position of the call decides if it is thrown.
      found.push({ line: 0, text: "", edits: [[index, "{if (deletion.stays()) "], [end, "}"]] });
    } else if (!NO_VALIDATION.test(source.slice(index, end))) {
      add(index, end, [[index, "{if (deletion.stays(#)) "], [end, "}"]]);
      alternatives(code, index, add);
    }
  }
  const reading = /\bFields\b/.test(code) ? `(?<=\\.)(?:${READING})` : "$^";
  const refusing = ["#?fail", ...helpers.map(({ name }) => name)].join("|");
  const checking = [SHARED, ...checkers.map(({ name }) => name)].join("|");
  const calls = new RegExp(`(?<![\\w$#])(?:(${refusing})|${reading}|${checking})\\(`, "g");
  for (const match of code.matchAll(calls)) {
    const open = match.index + match[0].length - 1;
    const close = closingOf(code, open);
    const isDeclared = DECLARING.test(code.slice(0, match.index)) &&
      /^\s*[:{]/.test(code.slice(close + 1, close + 9));
    const isRefusal = match[1] !== undefined;
    const isChecked = isIn(checkers, match.index);
    // Checks in a function that checks for its callers are deleted at its calls, or by the refusal inside.
    if (isDeclared || isIn(helpers, match.index) || (isChecked && !isRefusal)) continue;
    const mark = isChecked ? "within" : "at";
    const start = startOfCall(code, match.index);
    add(start, close + 1, [[
      open + 1,
      `...deletion.${mark}(#)${/\S/.test(source.slice(open + 1, close)) ? ", " : ""}`,
    ]]);
    if (isRefusal) alternatives(code, start, add);
  }
  return found;
}

/** Text before the name on the line that declares a function. */
const DECLARING = /(?:^|\n)\s*(?:(?:export|static|async|function\*?)\s+)*$/;

interface Region {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

function regionAt(code: string, match: RegExpExecArray, name: string): Region {
  const open = match.index + match[0].length - 1;
  return { name, from: open, to: closingOf(code, open) };
}

/** Bodies of functions that check for their callers. */
function checkersOf(code: string): Region[] {
  const classes = [...code.matchAll(/class Fields \{/g)].map((match) => regionAt(code, match, READING));
  const functions = [...code.matchAll(CHECKER)].map((match) => regionAt(code, match, match[1]))
    .filter(({ from, to }) => /fail\(|\bthrow\b/.test(code.slice(from, to)));
  return [...classes, ...functions];
}

/** Start of `fields.integer(`, for its text. */
function startOfCall(code: string, at: number): number {
  return at - (/[\w$.#]*$/.exec(code.slice(Math.max(0, at - 60), at))?.[0].length ?? 0);
}

/** `if (a || b) throw`: each of a and b is a validation. */
function alternatives(
  code: string,
  refusal: number,
  add: (from: number, to: number, edits: Validation["edits"]) => void,
): void {
  const before = code.slice(0, refusal).replace(/(?:\breturn\s*)?$/, "").trimEnd().replace(/\{$/, "")
    .trimEnd();
  if (!before.endsWith(")")) return;
  const open = openingOf(code, before.length - 1);
  if (!/\bif\s*$/.test(code.slice(0, open))) return;
  const close = before.length - 1;
  const ors: number[] = [];
  for (let at = open + 1; at < close; at++) {
    if ("([{".includes(code[at])) at = closingOf(code, at);
    else if (code.startsWith("||", at)) ors.push(at);
  }
  if (ors.length === 0) return;
  const bounds = [open - 1, ...ors, close];
  for (let i = 0; i + 1 < bounds.length; i++) {
    const [from, to] = [bounds[i] + 2, bounds[i + 1]];
    add(from, to, [[from, "deletion.holds(#, ("], [to, "))"]]);
  }
}

function openingOf(code: string, close: number): number {
  for (let at = close, depth = 0; at >= 0; at--) {
    if (")]}".includes(code[at])) depth++;
    else if ("([{".includes(code[at]) && --depth === 0) return at;
  }
  throw new Error(`the bracket at ${close} is never opened`);
}

/** The source with its validations deletable, numbered from `first`. */
export function deletable(source: string, validations: readonly Validation[], first: number): string {
  const edits = validations.flatMap((validation, i) =>
    validation.edits.map(([at, text]) => [at, text.replace("#", String(first + i))] as const)
  );
  let text = "";
  let done = 0;
  for (const [at, inserted] of edits.sort(([a], [b]) => a - b)) {
    text += source.slice(done, at) + inserted;
    done = at;
  }
  return text + source.slice(done);
}
