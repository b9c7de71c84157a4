/** A long conversation renders without a noticeable delay. */
import { assert, assertEquals } from "@std/assert";
import { parseTemplate, renderJinja } from "./render.ts";

const TEMPLATE = await Deno.readTextFile(
  new URL("../../testdata/jinja/conversations/llama31_style.jinja", import.meta.url),
);
/** The goal is 50 ms; an idle machine takes 25 ms. This bound leaves room for a busy one. */
const MOST_MS = 400;

Deno.test("3,000 messages take less than a moment", () => {
  const messages = Array.from({ length: 3000 }, (_, k) => ({
    role: k % 2 ? "assistant" : "user",
    content: `Message ${k}: ` + "some words here. ".repeat(5),
  }));
  const render = () => renderJinja(TEMPLATE, { messages, bos_token: "<s>", date_string: "1 Jan 2026" }).text;
  assertEquals(render().split("[[end]]").length, 3002);
  const times = Array.from({ length: 5 }, () => {
    const start = performance.now();
    render();
    return performance.now() - start;
  });
  const median = times.sort((a, b) => a - b)[2];
  assert(median < MOST_MS, `${median} ms`);
});

Deno.test("a template is parsed in less than a moment", () => {
  const start = performance.now();
  parseTemplate(TEMPLATE + "{# another one #}");
  const time = performance.now() - start;
  assert(time < MOST_MS, `${time} ms`);
});
