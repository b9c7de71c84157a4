import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { htmlPage } from "./html_picture.ts";
import { padGrid } from "./token_grid.ts";

const tokens = ["<script>alert('1')</script>", "&\n"];
const grid = { tokens, present: [true, true] };
const count = (text: string, part: string) => text.split(part).length - 1;

Deno.test("a page needs nothing beside it, and tokens cannot become markup", () => {
  const page = [...htmlPage([padGrid(grid, 3, "<p>", "left")], "a <b>")].join("");
  assert(!/<script|<img|<link|src=|href=|<b>\n/.test(page), page);
  assertStringIncludes(page, "<title>a &lt;b&gt;</title>");
  assertEquals(count(page, "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; <i>1</i>"), 2);
  assertEquals(count(page, "&amp;\\n <i>2</i>"), 2);
  const cells = ["m", "a", "d", "p"].map((kind) => count(page, `<td class=${kind}>`));
  assertEquals(cells, [3, 1, 2, 3], "masked, seen, itself, padding");
});

Deno.test("weights are colours with their number", () => {
  const weights = Float32Array.of(1, 0, 0.25, 0.75);
  const page = [...htmlPage([{ ...grid, weights, weightsOf: "layer <0>" }], "t")].join("");
  assertStringIncludes(page, "Attention weights: layer &lt;0&gt;");
  assertEquals([...page.matchAll(/<td style="background:rgb\([\d,]+\)" title=([\d.]+)>/g)].map((m) => m[1]), [
    "1",
    "0.25",
    "0.75",
  ]);
});

Deno.test("more cells than a browser shows are an error", () => {
  const many = { tokens: Array<string>(1449).fill("a"), present: Array<boolean>(1449).fill(true) };
  assertThrows(() => htmlPage([many], "t").next(), Error, "expected at most 2097152; a PNG takes more");
});
