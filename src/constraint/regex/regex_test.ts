import { assertEquals, assertThrows } from "@std/assert";
import { DataError } from "../../base/errors.ts";
import { Automaton } from "../automaton/automaton.ts";
import { type Encoding, inString, plain } from "../automaton/characters.ts";
import { Expressions } from "../automaton/expression.ts";
import { Grammar } from "../automaton/grammar.ts";
import { Random } from "../../base/random.ts";
import { BAD_PATTERNS } from "../../../tests/support/bad_constraints.ts";
import { partOfText, wholeText } from "./compile.ts";
import { parsePattern } from "./parse.ts";

/** Patterns whose own matcher, V8's, is the truth. */
const PATTERNS = [
  "a",
  "",
  "^$",
  "^",
  "$",
  "^a",
  "a$",
  "^abc$",
  "ab|cd",
  "^ab|cd$",
  "^(ab|cd)$",
  "(^a|b)c",
  "a(b$|c)",
  "^(?:a|b)*c+$",
  "^(?<name>a{2,3})b?$",
  "a{2}",
  "^a{0}b$",
  "^(a|bc){2,}$",
  "^(a*)*b$",
  "^(a?b?){3}$",
  "(a|b)*?c",
  "[a-c]",
  "^[^a-c]$",
  "^[]-]*$".replace("]-]", "\\]-]"),
  "^\\d+\\.\\d*$",
  "^\\w\\W\\s\\S\\D$",
  "^[\\d\\s]+$",
  "^.$",
  "^..$",
  "^\\u00e9\\x41\\u{1F600}$",
  "^\\uD83D\\uDE00$",
  '^["\\\\\\/]+$',
  "^[\\n\\t\\f\\r\\v\\0]$",
  "^\\cA$",
  "^[^\\n]*$",
  "^é+[^a]$",
  "^[à-ü€😀-😂]+$",
  "\\^\\$\\.\\*",
  "^(|a)b$",
  "^(((a)))|((b))$",
];

const ALPHABET = [
  "a",
  "b",
  "c",
  "d",
  "-",
  "]",
  "1",
  "9",
  ".",
  " ",
  "é",
  "€",
  "😀",
  "\n",
  "\t",
  '"',
  "\\",
  "/",
  "^",
  "$",
  "*",
  "A",
];

function compiled(pattern: string, whole: boolean, encoding: Encoding): Automaton {
  const make = new Expressions();
  return new Automaton(new Grammar((whole ? wholeText : partOfText)(make, parsePattern(pattern), encoding)));
}

Deno.test("regex: the same texts match as in V8, whole and in part, plain and in a JSON string", () => {
  const random = new Random(5);
  for (const pattern of PATTERNS) {
    const anywhere = new RegExp(pattern, "u");
    const whole = new RegExp(`^(?:${pattern})$`, "u");
    const grammars = {
      whole: compiled(pattern, true, plain),
      part: compiled(pattern, false, plain),
      string: compiled(pattern, false, inString),
    };
    for (let i = 0; i < 150; i++) {
      const length = random.below(6);
      const text = Array.from({ length }, () => random.of(ALPHABET)).join("");
      const what = `${pattern} on ${JSON.stringify(text)}`;
      assertEquals(grammars.whole.matches(text), whole.test(text), `whole ${what}`);
      assertEquals(grammars.part.matches(text), anywhere.test(text), `part ${what}`);
      const quoted = JSON.stringify(text).slice(1, -1);
      assertEquals(grammars.string.matches(quoted), anywhere.test(text), `string ${what}`);
    }
  }
});

Deno.test("regex: counts are not unrolled", () => {
  const grammar = compiled("^[a-z]{3,1000000}$", true, plain);
  assertEquals(grammar.matches("a".repeat(5000)), true);
  assertEquals(grammar.matches("aa"), false);
});

Deno.test("regex: errors name the character and the problem", () => {
  for (const [pattern, message] of BAD_PATTERNS) {
    assertThrows(() => compiled(pattern, false, plain), DataError, message, pattern.slice(0, 40));
  }
});
