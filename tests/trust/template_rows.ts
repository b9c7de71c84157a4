import type { Row } from "./row.ts";

/** A chat template that the built-in model cannot use. */
const template = (what: string, text: string | Uint8Array, ...words: (string | RegExp)[]): Row => ({
  what: `chat template: ${what}`,
  files: { "chat.jinja": text },
  args: ["chat", "--chat-template", "FOLDER/chat.jinja", "-n", "1"],
  stdin: ["hello\n"],
  code: 3,
  words,
});

const DOUBLING =
  "{% set n = namespace(s=VALUE) %}{% for i in range(99) %}{% set n.s = n.s + n.s %}{% endfor %}";

/** Templates that are broken, that refuse, that exceed the budget, or that access forbidden values. */
export const TEMPLATE_ROWS: readonly Row[] = [
  template("a huge range", "{% for i in range(10**9) %}x{% endfor %}", "Range too big"),
  template(
    "loops that do nothing",
    "{% for i in range(9999) %}{% for j in range(9999) %}{% endfor %}{% endfor %}",
    "line 1: {% for %}",
    /at most 4000000 steps|an end within/,
  ),
  template("text that doubles", DOUBLING.replace("VALUE", "'x'"), "line 1: {% set %}", "texts of at most"),
  template("a list that doubles", DOUBLING.replace("VALUE", "[1]"), "line 1: {% set %}", "lists of at most"),
  template("an int that doubles", "{{ 10 ** (10 ** 10) }}", "line 1: {{ … }}", "texts of at most"),
  template("a wide field", "{{ '%999999999d' % 1 }}", "line 1: {{ … }}", "texts of at most"),
  template(
    "a macro that calls itself",
    "{% macro f() %}\n{{ f() }}{% endmacro %}{{ f() }}",
    "line 2: {{ … }}",
    "nested levels",
  ),
  template("nested tags", "{% if 1 %}".repeat(5000), "nested tags"),
  template("nested brackets", "{{ " + "[".repeat(5000), "nested expressions"),
  template("__class__", "{{ messages.__class__.mro() }}", "__class__"),
  template("a function's inside", "{{ range.__globals__.x }}", "__globals__"),
  template("a change of a list", "{{ messages.append(1) }}", "append"),
  template("an attribute by name", "{{ ''|attr('__class__')() }}", "__class__"),
  template("an attribute through format", "{{ '{0.__class__.x}'.format(1) }}", "__class__"),
  template("another template", "{% include 'x' %}", "line 1: {% include %}"),
  template("one that refuses", "a\n{{ raise_exception('only\nusers') }}", "line 2: {{ … }}: only users"),
  template("one that is broken", "\n{% for %}", "line 2: {% for %}: Expected an expression"),
  template("a raw block without end", "{% raw %}x", "line 1", "end of raw"),
  template("a comment without end", "{# x", "line 1", "end of comment"),
  template("a character that is none of Jinja's", "{{ a ? b }}", "line 1", "unexpected char '?' at 5"),
  template("a name that is none", "{{ ²a }}", "line 1", "identifier"),
  template("a bracket too many", "{{ 1) }}", "line 1", "unexpected ')'"),
  template("another bracket", "{{ (1] }}", "line 1", "unexpected ']', expected ')'"),
  template("an escape cut short", "{{ '\\x1' }}", "line 1", "truncated \\xXX escape"),
  template("an escape of other letters", "{{ '\\xzz' }}", "line 1", "truncated \\xXX escape"),
  template("a character beyond Unicode", "{{ '\\U00110000' }}", "line 1", "illegal Unicode"),
  template("half a character", "{{ '\\ud83d' }}", "line 1", "surrogates"),
  template("a character by name", "{{ '\\N{BULLET}' }}", "line 1", "\\N{"),
  template("not UTF-8", new Uint8Array([0x61, 0xff]), "chat.jinja", "byte 1"),
  template("nothing", "", "token"),
];
