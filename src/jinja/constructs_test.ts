/** Small constructs, compared with Jinja2 as transformers configures it. */
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { clock } from "../base/clock.ts";
import { DataError } from "../base/errors.ts";
import { renderJinja } from "./render.ts";

interface Golden {
  readonly now: string;
  readonly variables: Record<string, unknown>;
  /** By kind: template and text; or template, null and Python's error. */
  readonly kinds: Record<string, ([string, string] | [string, null, string])[]>;
}

const golden: Golden = JSON.parse(
  await Deno.readTextFile(new URL("../../testdata/jinja/constructs.json", import.meta.url)),
);

/** Runs `work` with the clock set to the time of the golden file. */
function atThatTime(work: () => void): void {
  const { date } = clock;
  clock.date = () => new Date(golden.now);
  try {
    work();
  } finally {
    clock.date = date;
  }
}

for (const [kind, cases] of Object.entries(golden.kinds)) {
  Deno.test(`constructs give what Jinja2 gives: ${kind}`, () => {
    const answers = cases.filter(([, text]) => text !== null);
    assert(answers.length > 20);
    atThatTime(() => {
      for (const [template, text] of answers) {
        assertEquals<string | null>(renderJinja(template, golden.variables).text, text, template);
      }
    });
  });

  Deno.test(`constructs that Jinja2 refuses are refused, with their line: ${kind}`, () => {
    const refusals = cases.filter(([, text]) => text === null);
    for (const [template, , refusal] of refusals) {
      const render = () => renderJinja(template, golden.variables);
      const { message } = assertThrows(render, DataError, undefined, `${template}: ${refusal}`);
      assertMatch(message, /^chat template: line \d+: /);
    }
  });
}

Deno.test("the golden file has enough constructs", () => {
  const all = Object.values(golden.kinds).flat();
  assert(all.length > 3000);
  assert(all.filter(([, text]) => text === null).length > 700);
});

/** Templates that Jinja2 renders and this program does not: each fails instead of giving wrong text. */
const REFUSED: [string, RegExp][] = [
  ["{{ '\\N{BULLET}' }}", /expected no \\N\{…\} escape/],
  ["{{ '\\ud83d\\ude00' }}", /surrogates not allowed/],
  ["{{ (-8) ** 0.5 }}", /complex/],
  ["{{ 'é'.encode('utf-16') }}", /expected the encoding utf-8, ascii or latin-1/],
  ["{{ 'a'.encode().upper() }}", /'bytes object' has no attribute 'upper'/],
  ["{{ [1][1:2, 0] }}", /invalid syntax/],
  ["{{ '&Aogon;'|striptags }}", /unescape: expected an HTML 4 entity/],
  ["{{ {'a': 1}.keys() - ['a'] }}", /unsupported operand/],
];

for (const [template, message] of REFUSED) {
  Deno.test(`refused only by this program: ${template}`, () => {
    assertMatch(assertThrows(() => renderJinja(template, {}), DataError).message, message);
  });
}
