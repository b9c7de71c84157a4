import { assert, assertMatch, assertThrows } from "@std/assert";
import { DataError } from "../errors.ts";
import { renderTemplate } from "./chat_template.ts";

/** The one line that a broken input gives. */
function complaint(run: () => unknown): string {
  const { message } = assertThrows(run, DataError);
  assert(!message.includes("\n"), `one line: ${message}`);
  return message;
}

const templates: [string, string, RegExp][] = [
  ["a huge range", "{% for i in range(10**9) %}x{% endfor %}", /range of at most/],
  [
    "nested loops that do nothing",
    "{% for i in range(9999) %}{% for j in range(9999) %}{% endfor %}{% endfor %}",
    /within/,
  ],
  [
    "nested loops without end",
    "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}x{% endfor %}{% endfor %}{% endfor %}",
    /steps|within/,
  ],
  [
    "text that doubles",
    "{% set n = namespace(s='x') %}{% for i in range(99) %}{% set n.s = n.s ~ n.s %}{% endfor %}",
    /bounded size/,
  ],
  [
    "lists that double",
    "{% set n = namespace(s=[1]) %}{% for i in range(99) %}{% set n.s = n.s + n.s %}{% endfor %}",
    /bounded size/,
  ],
  ["__class__", "{{ messages.__class__ }}", /__class__/],
  ["endless recursion", "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", /chat template: /],
  ["an exception of its own", "{{ raise_exception('only\nuser') }}", /chat template: only user/],
  ["a broken program", "{% for %}", /chat template: /],
];

for (const [name, template, pattern] of templates) {
  Deno.test(`chat template: ${name}`, () => {
    const start = performance.now();
    assertMatch(complaint(() => renderTemplate(template, { messages: [] })), pattern);
    assert(performance.now() - start < 8_000);
  });
}
