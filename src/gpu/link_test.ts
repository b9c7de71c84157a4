import { assertEquals, assertThrows } from "@std/assert";
import { link } from "./link.ts";

Deno.test("link: joins the parts in order", () => {
  assertEquals(link(["// a", "// b"]), "// a\n// b");
});

Deno.test("link: a constant keeps the type of its default", () => {
  const source = "const COUNT = 4u; // how many\nconst EPS = 0.5;\nconst WIDTH = 64.0;\nconst ON = false;";
  assertEquals(
    link([source], { COUNT: 7, EPS: 1e-6, WIDTH: 3, ON: true }),
    "const COUNT = 7u; // how many\nconst EPS = 0.000001;\nconst WIDTH = 3.0;\nconst ON = true;",
  );
  assertEquals(link(["const EPS = 0.5;"], { EPS: 1e-12 }), "const EPS = 1e-12;");
});

Deno.test("link: names are matched whole, and only where they are declared", () => {
  const source = "const N = 1u;\nconst N_MORE = N;\n  let x = N; // const N = 1u;";
  assertEquals(link([source], { N: 2 }), "const N = 2u;\nconst N_MORE = N;\n  let x = N; // const N = 1u;");
});

Deno.test("link: unrolls marked loops, nested ones too, and leaves the others", () => {
  const source = `const ROWS = 2u;
const ALL = ROWS * 2u - 1u;
for (var r = 0u; r < ROWS; r++) { // unroll
  for (var c = 1u; c < ALL; c++) { // unroll
    if (c > r) { sum[r * 3u + c] += row; }
  }
}
for (var i = 0u; i < ROWS; i++) { x(); }
`;
  assertEquals(
    link([source], { ROWS: 2 }),
    `const ROWS = 2u;
const ALL = ROWS * 2u - 1u;
{
  {
    if (1u > 0u) { sum[1u] += row; }
  }
{
    if (2u > 0u) { sum[2u] += row; }
  }

}
{
  {
    if (1u > 1u) { sum[4u] += row; }
  }
{
    if (2u > 1u) { sum[5u] += row; }
  }

}

for (var i = 0u; i < ROWS; i++) { x(); }
`,
  );
});

Deno.test("link: computes indices of known numbers, products before sums, and no others", () => {
  for (
    const [index, want] of [
      ["1u + 2u * 3u", "7u"],
      ["N - 2u * 1u + 1u", "4u"],
      ["7u / 2u % 2u", "1u"],
      ["N * 2u", "10u"],
      ["i * 2u + 1u", undefined],
      ["N * (1u + 2u)", undefined],
      ["1u +", undefined],
      ["2u 3u + 1u", undefined],
      ["1.5 * 2", undefined],
    ] as const
  ) {
    assertEquals(link([`const N = 5u;\nx[${index}];`]), `const N = 5u;\nx[${want ?? index}];`, index);
  }
});

Deno.test("link: a loop whose bound a constant fixes follows the constant", () => {
  const source = "const N = 4u;\nfor (var i = 0u; i < N / 2u; i++) { // unroll\n  f(i);\n}";
  assertEquals(link([source], { N: 3 }), "const N = 3u;\n{\n  f(0u);\n}\n");
  assertEquals(link([source], { N: 0 }), "const N = 0u;\n");
});

Deno.test("link: rejects unsupported input", () => {
  assertThrows(() => link(["const A = 1u;"], { B: 1 }), Error, "kernel constant B: declared 0 times");
  assertThrows(() => link(["const A = 1u;", "const A = 2u;"], { A: 1 }), Error, "A: declared 2 times");
  assertThrows(
    () => link(["for (var i = 0u; i < length; i++) { // unroll\n}"]),
    Error,
    "cannot unroll: for (var i = 0u; i < length",
  );
  assertThrows(
    () => link(["for (var i = 0u; i < 2u; i++) { // unroll\n  {\n}"]),
    Error,
    "cannot unroll: no closing brace",
  );
});
