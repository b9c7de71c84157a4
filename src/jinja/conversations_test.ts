/** Chat templates in the style of many model families, on conversations of every shape, compared with transformers. */
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { clock } from "../base/clock.ts";
import { DataError } from "../base/errors.ts";
import { renderJinja } from "./render.ts";

interface Golden {
  readonly now: string;
  /** The template variables of each conversation, by name. */
  readonly conversations: Record<string, Record<string, unknown>>;
  /** By template, then conversation: text and null, or null and Python's error. */
  readonly answers: Record<string, [string | null, string | null][]>;
}

const FOLDER = new URL("../../testdata/jinja/conversations/", import.meta.url);
/** JSON reviver that keeps `1.0` a float: a JavaScript number does not show the difference. */
function floats(_key: string, value: unknown, { source }: { source?: string } = {}): unknown {
  return typeof value === "number" && source?.includes(".") ? new Number(value) : value;
}

const golden: Golden = JSON.parse(await Deno.readTextFile(new URL("golden.json", FOLDER)), floats);
const conversations = Object.entries(golden.conversations);

Deno.test("there are templates and conversations enough", () => {
  assertEquals(Object.keys(golden.answers).length, 19);
  assertEquals(conversations.length, 35);
});

for (const [name, answers] of Object.entries(golden.answers)) {
  Deno.test(`every conversation becomes the text that transformers makes: ${name}`, async () => {
    const template = await Deno.readTextFile(new URL(`${name}.jinja`, FOLDER));
    const { date } = clock;
    clock.date = () => new Date(golden.now);
    try {
      conversations.forEach(([conversation, variables], k) => {
        const [text, refusal] = answers[k];
        const render = () => renderJinja(template, variables);
        if (text !== null) return assertEquals(render().text, text, conversation);
        const error = assertThrows(render, DataError, undefined, `${conversation}: ${refusal}`);
        assertMatch(error.message, /^chat template: line \d+: \{/);
      });
    } finally {
      clock.date = date;
    }
    assert(answers.filter(([text]) => text !== null).length >= 25);
  });
}
