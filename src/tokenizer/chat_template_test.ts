import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { DataError } from "../base/errors.ts";
import { loadTemplateEngine, renderTemplate } from "./chat_template.ts";
import { LlamaTokenizerFast } from "./fast.ts";

await loadTemplateEngine();

/** The one-line message for an invalid input. */
function complaint(run: () => unknown): string {
  const { message } = assertThrows(run, DataError);
  assert(!message.includes("\n"), `one line: ${message}`);
  return message;
}

const templates: [string, string, RegExp][] = [
  ["a huge range", "{% for i in range(10**9) %}x{% endfor %}", /Range too big/],
  [
    "nested loops that do nothing",
    "{% for i in range(9999) %}{% for j in range(9999) %}{% endfor %}{% endfor %}",
    /within|steps/,
  ],
  [
    "nested loops without end",
    "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}x{% endfor %}{% endfor %}{% endfor %}",
    /steps|within/,
  ],
  [
    "text that doubles",
    "{% set n = namespace(s='x') %}{% for i in range(99) %}{% set n.s = n.s ~ n.s %}{% endfor %}",
    /texts of at most/,
  ],
  [
    "lists that double",
    "{% set n = namespace(s=[1]) %}{% for i in range(99) %}{% set n.s = n.s + n.s %}{% endfor %}",
    /lists of at most/,
  ],
  ["__class__", "{{ messages.__class__.mro() }}", /'__class__' of 'list' object is unsafe/],
  ["endless recursion", "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", /at most 200 nested levels/],
  [
    "an exception of its own",
    "{{ raise_exception('only\nuser') }}",
    /chat template: line 1: \{\{ … \}\}: only user/,
  ],
  ["a broken program", "\n{% for %}", /chat template: line 2: \{% for %\}: Expected an expression/],
  ["a filter that is missing", "{{ 1 | nope }}", /line 1: \{\{ … \}\}: No filter named 'nope'/],
];

for (const [name, template, pattern] of templates) {
  Deno.test(`chat template: ${name}`, () => {
    const start = performance.now();
    assertMatch(complaint(() => renderTemplate(template, { messages: [] })), pattern);
    assert(performance.now() - start < 8_000);
  });
}

Deno.test("chat templates see every special token by its name, as in transformers", async () => {
  const folder = await Deno.makeTempDir({ prefix: "llama-template-" });
  try {
    const from = new URL("../../testdata/default-model/", import.meta.url);
    await Deno.copyFile(new URL("tokenizer.json", from), `${folder}/tokenizer.json`);
    const config = JSON.parse(await Deno.readTextFile(new URL("tokenizer_config.json", from)));
    const write = (more: object) =>
      Deno.writeTextFile(`${folder}/tokenizer_config.json`, JSON.stringify({ ...config, ...more }));
    await write({
      chat_template: "{{ image_token }}|{{ additional_special_tokens }}|{{ bos_token }}",
      extra_special_tokens: { image_token: "<image>" },
      additional_special_tokens: ["<x>", "<y>"],
    });
    const render = async () =>
      (await LlamaTokenizerFast.fromPretrained(folder)).renderChatTemplate([{ role: "user", content: "Hi" }]);
    assertEquals(await render(), "<image>|['<x>', '<y>']|<s>");
    await write({ chat_template: undefined });
    // A byte order mark is a character of the template; what is not UTF-8 is refused.
    await Deno.writeTextFile(`${folder}/chat_template.jinja`, "\ufeffA{{ bos_token }}");
    assertEquals(await render(), "\ufeffA<s>");
    // Files of named templates, beside the default one and without it; others are no templates.
    await Deno.mkdir(`${folder}/additional_chat_templates`);
    const more = `${folder}/additional_chat_templates/`;
    await Deno.writeTextFile(`${more}notes.txt`, "no template");
    assertEquals(await render(), "\ufeffA<s>");
    await Deno.writeTextFile(`${more}tool_use.jinja`, "T");
    const templates = async () => (await LlamaTokenizerFast.fromPretrained(folder)).chatTemplate;
    assertEquals(await templates(), { default: "\ufeffA{{ bos_token }}", tool_use: "T" });
    assertEquals(await render(), "\ufeffA<s>");
    await Deno.writeFile(`${more}bad.jinja`, Uint8Array.of(0xff));
    await assertRejects(render, DataError, "additional_chat_templates/bad.jinja: expected UTF-8, got ff");
    await Deno.remove(`${more}bad.jinja`);
    await Deno.remove(`${folder}/chat_template.jinja`);
    assertEquals(await templates(), { tool_use: "T" });
    await Deno.writeFile(`${folder}/chat_template.jinja`, Uint8Array.of(0x41, 0xff));
    await assertRejects(render, DataError, "chat_template.jinja: expected UTF-8, got ff at byte 1");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
