import { assertEquals, assertThrows } from "@std/assert";
import { DataError } from "../../base/errors.ts";
import { Automaton } from "../automaton/automaton.ts";
import { compile } from "../constraints.ts";
import { BAD_GRAMMARS } from "../../../tests/support/bad_constraints.ts";

function accepts(grammar: string, text: string): boolean {
  return new Automaton(compile({ kind: "grammar", grammar })).matches(text);
}

const LIST = `
# A list of numbers, or of lists.
root  ::= list "\\n"?   # and no more
list  ::= "[" ( item
            ( ", " item )* )? "]"
item  ::= number | list
  | "null"
number ::= "-"? ( "0" | [1-9] [0-9]{0,3} )
`;

const ROWS: readonly (readonly [grammar: string, yes: string[], no: string[]])[] = [
  [LIST, ["[]", "[1, -20, [null]]\n", "[[[[]]]]"], ["", "[1,2]", "[01]", "[12345]", "[1]\n\n", "[1"]],
  ['root ::= "a" | "b" "c"+', ["a", "bc", "bccc"], ["b", "ac", ""]],
  ["root ::= [^a-c\\n] . [\\x41\\u00e9\\]-]", ["d\u{1f600}A", "zaé", "zz]", "zz-"], ["aaA", "\naA", "ddB"]],
  ['root ::= x{2} y{1,} z{0,2}\nx ::= "x"\ny ::= "y"\nz ::= "z"', ["xxy", "xxyyyzz"], ["xy", "xxyzzz", "xx"]],
  ['root ::= "é\\"\\\\\\t" ("1" | )', ['é"\\\t', 'é"\\\t1'], ["é"]],
  ["root ::= ([a-z]+ | [0-9]*)?", ["", "abc", "42"], ["a1"]],
];

Deno.test("grammars: the texts of a subset of GBNF", () => {
  for (const [grammar, yes, no] of ROWS) {
    for (const text of yes) assertEquals(accepts(grammar, text), true, `${grammar}: ${JSON.stringify(text)}`);
    for (const text of no) assertEquals(accepts(grammar, text), false, `${grammar}: ${JSON.stringify(text)}`);
  }
});

Deno.test("grammars: what is broken is refused, with its line", () => {
  for (const [grammar, message] of BAD_GRAMMARS) {
    assertThrows(() => compile({ kind: "grammar", grammar }), DataError, message, grammar.slice(0, 60));
  }
});
