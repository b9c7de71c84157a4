import { assertEquals, assertThrows } from "@std/assert";
import { closingOf, codeOnly, firstOf } from "./code_only.ts";

Deno.test("codeOnly keeps code and places, and blanks the rest", () => {
  const cases: [string, string][] = [
    ['a("b(") // c(', "a(    )      "],
    ["a /* ( \n ) */ b", "a      \n      b"],
    ["x = /[/(]\\/(/g.test(y)", "x =           .test(y)"],
    ["a = b / (c) / d", "a = b / (c) / d"],
    ["`a(${b(`c)${d}`)}e)`", "     b(     d  )    "],
    ["`${{ a: 1 }}` + '}'", "   { a: 1 }   +    "],
    ["return /\\)/.test(x)", "return     .test(x)"],
  ];
  for (const [source, code] of cases) assertEquals(codeOnly(source), code, source);
});

Deno.test("brackets and symbols are found outside of inner brackets", () => {
  assertEquals(closingOf("f(a[b(c)], {d})", 1), 14);
  assertEquals(firstOf("f(a;b);c;", 0, ";"), 6);
  assertThrows(() => closingOf("f(", 1));
});
