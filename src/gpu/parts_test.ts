import { assertEquals, assertThrows } from "@std/assert";
import { inOrder, listedNames } from "./parts.ts";

const MAIN = "// gives: main\n// needs: a, C\nfn main() { a(C); }";
const A = "// gives: a\n// needs: B, main\nfn a(b: B) {}";
const B = "// gives: B\nstruct B { x: u32 }";
const C = "// gives: C\nconst C = 1u;";

Deno.test("parts: given names precede their uses, in any input order", () => {
  for (const parts of [[MAIN, A, B, C], [C, B, A, MAIN], [B, MAIN, C, A]]) {
    assertEquals(inOrder(parts), [B, A, C, MAIN]);
  }
});

Deno.test("parts: a list spans lines", () => {
  assertEquals(listedNames("// Text.\n// gives: a, b,\n//   c\n// needs: d\n", "gives"), ["a", "b", "c"]);
  assertEquals(listedNames("fn a() {}", "needs"), []);
});

Deno.test("parts: mismatches are rejected by name", () => {
  const rows: [string[], string][] = [
    [[MAIN, A, B], "C is needed and nothing gives it"],
    [[MAIN, A, B, C, C], "C is given twice"],
    [[MAIN, A, B, C, "// gives: D\nalias D = u32;"], "nothing needs D"],
    [["// gives: main\nfn other() {}"], "main is given and not declared"],
  ];
  for (const [parts, problem] of rows) assertThrows(() => inOrder(parts), Error, problem);
});
