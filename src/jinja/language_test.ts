/** The template language, compared with transformers and Jinja2. */
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { DataError } from "../base/errors.ts";
import { parseTemplate, renderJinja } from "./render.ts";

interface Golden {
  readonly variables: Record<string, unknown>;
  /** Template, text and ranges of generation blocks; or template, null and Python's error. */
  readonly cases: ([string, string, [number, number][]] | [string, null, string])[];
}

const golden: Golden = JSON.parse(
  await Deno.readTextFile(new URL("../../testdata/jinja/language.json", import.meta.url)),
);

Deno.test("templates give the text, and the generations, that Jinja2 gives", () => {
  let compared = 0;
  for (const [template, text, generations] of golden.cases) {
    if (text === null) continue;
    const result = renderJinja(template, golden.variables);
    assertEquals(result.text, text, template);
    assertEquals<unknown>(result.generations, generations, template);
    compared++;
  }
  assert(compared > 400);
});

Deno.test("what Jinja2 refuses is refused, with its line", () => {
  let compared = 0;
  for (const [template, text, refusal] of golden.cases) {
    if (text !== null) continue;
    const { message } = assertThrows(
      () => renderJinja(template, golden.variables),
      DataError,
      undefined,
      `${template}: ${refusal}`,
    );
    assertMatch(message, /^chat template: line \d+: /);
    compared++;
  }
  assert(compared > 140);
});

const PLACES: [string, string][] = [
  ["\n{% for %}", "line 2: {% for %}: Expected an expression, got 'end of statement block'"],
  ["a\nb {{ 1 }\n", "line 2: {{ … }}: unexpected '}'"],
  ["{% if 1 %}\n\n{{ x.y.z }}{% endif %}", "line 3: {{ … }}: 'int object' has no attribute 'y'"],
  ["{% macro f() %}\n{{ 1 }}{% endmacro %}\n{{ f() + 1 }}", "line 3: {{ … }}: can only concatenate str"],
  ["{% macro f() %}\n{{ 1 / 0 }}{% endmacro %}\n{{ f() }}", "line 2: {{ … }}: division by zero"],
  ["{% if 0 %}\n{% elif 1 / 0 %}{% endif %}", "line 2: {% if %}: division by zero"],
  [
    "{% for a in [1, 2] %}\n{{ a }}\n{% endfor %}{% for a, b in [3] %}{% endfor %}",
    "line 3: {% for %}: cannot",
  ],
  ["{% set x %}\n{{ 1 }}\n{% endset %}\n{% set a, b = 1 %}", "line 4: {% set %}: cannot unpack"],
  ["{{ [1,\n2,\n3|nope] }}", "line 3: {{ … }}: No filter named 'nope'."],
  ["{% for a in [1] %}\n{% do x %}", "line 2: {% for %}: Encountered unknown tag 'do'."],
  ["{{ raise_exception('only\nusers') }}", "line 1: {{ … }}: only users"],
];

for (const [template, message] of PLACES) {
  Deno.test(`an error names its place: ${JSON.stringify(template)}`, () => {
    const error = assertThrows(() => renderJinja(template, golden.variables.x ? { x: 1 } : {}), DataError);
    assert(error.message.startsWith(`chat template: ${message}`), error.message);
  });
}

Deno.test("renderings share nothing but the parsed template", () => {
  const template =
    "{% autoescape true %}{% set n = 1 %}{% endautoescape %}{{ n }}{{ m }}{% set m = 2 %}{{ '<' }}";
  assertEquals(renderJinja(template, {}).text, "<");
  assertEquals(renderJinja(template, {}).text, "<");
  assert(parseTemplate(template) === parseTemplate(template));
});

Deno.test("undefined variables are not passed", () => {
  assertEquals(
    renderJinja("{{ a is defined }}{{ b is defined }}", { a: undefined, b: null }).text,
    "FalseTrue",
  );
});

const COSTLY: [string, string, RegExp][] = [
  ["blanks before a tag", " ".repeat(1e6) + "a{%- if 1 %}{% endif %}", /^$/],
  ["nested tags", "{% if 1 %}".repeat(5000), /nested tags/],
  ["nested brackets", "{{ " + "(".repeat(5000), /nested expressions/],
  ["a long sum", "{{ " + "1+".repeat(50_000) + "1 }}", /nested levels/],
  [
    "many conditions",
    Array.from({ length: 30_000 }, (_, k) => `{% if a${k} %}{% endif %}`).join(""),
    /at most|an end within/,
  ],
  ["a macro that calls itself", "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", /nested levels/],
  ["a block that calls itself", "{% block a %}{{ self.a() }}{% endblock %}", /nested levels/],
  ["a loop within itself", "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}", /nested levels/],
  ["much text", "{% for i in range(99999) %}{{ 'x' * 1000 }}{% endfor %}", /texts of at most/],
  [
    "a tuple that doubles",
    "{% set n = namespace(l=(1,)) %}{% for i in range(40) %}{% set n.l = (n.l, n.l) %}{% endfor %}{{ {n.l: 1} }}",
    /smaller key/,
  ],
];

for (const [what, template, expected] of COSTLY) {
  Deno.test(`costs are bounded: ${what}`, () => {
    const start = performance.now();
    let message = "";
    try {
      renderJinja(template, {});
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      message = error.message;
    }
    assertMatch(message, expected);
    assert(performance.now() - start < 8_000);
  });
}
