/** `llama chat` as users run it: through the launcher, with piped turns. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { ending } from "../support/child.ts";
import { PROGRAM, ROOT } from "../support/contract.ts";

const GREEDY = ["--greedy", "-n", "12"];
const FACT = "Plants create energy through a process known as";

function start(args: string[]): Deno.ChildProcess {
  const pipes = { stdin: "piped", stdout: "piped", stderr: "piped" } as const;
  return new Deno.Command(PROGRAM, { args: ["chat", ...args], cwd: ROOT, ...pipes }).spawn();
}

const chat = (args: string[], input: string) => ending(start(args), input);

Deno.test("piped turns: an answer a line, nothing else; blank lines are no turns; the end is clean", async () => {
  const { code, stdout, stderr } = await chat(GREEDY, `${FACT}\n\nWhat is the opposite of\\\nhot?`);
  assertEquals([code, stderr], [0, ""]);
  const [first, second, ...rest] = stdout.split("\n");
  assertStringIncludes(first.toLowerCase(), "photosynthesis");
  assert(second !== "" && !second.startsWith(" "), second);
  assertEquals(rest, [""]);
});

Deno.test("greedy answers of a conversation are transformers'", async () => {
  const golden: { role: string; content: string }[] = JSON.parse(
    await Deno.readTextFile(`${ROOT}testdata/golden/chat.json`),
  );
  const said = (role: string) =>
    golden.filter((message) => message.role === role).map(({ content }) => content);
  const turns = said("user").map((text) => `"""${text}"""\n`).join("");
  const options = [
    "--greedy",
    "-n",
    "24",
    "--dtype",
    "float32",
    "--parse-special",
    "--system",
    said("system")[0],
  ];
  const { code, stdout, stderr } = await chat(options, turns);
  assertEquals([code, stderr], [0, ""]);
  assertEquals(stdout, said("assistant").map((text) => `${text}\n`).join(""));
});

Deno.test("no turns, no output", async () => {
  assertEquals(await chat([], ""), { code: 0, stdout: "", stderr: "" });
  assertEquals(await chat([], "/exit\nnever read\n"), { code: 0, stdout: "", stderr: "" });
});

Deno.test("the second turn knows the first, and reads only what is new", async () => {
  const [first, second] = ["What is the opposite of hot?", "And of high?"];
  const both = await chat([...GREEDY, "-v"], `${first}\n${second}\n`);
  const kept = [...both.stderr.matchAll(/(\d+) prompt tokens, (\d+) of them kept/g)].map(([, all, kept]) =>
    [all, kept].map(Number)
  );
  assertEquals(kept.length, 2, both.stderr);
  assertEquals(kept[0][1], 0);
  assert(kept[1][1] >= kept[0][0], "at least the first prompt");
  const alone = await chat([...GREEDY, "-v"], `${second}\n`);
  const [, tokens] = alone.stderr.match(/(\d+) prompt tokens/)!;
  assert(kept[1][0] > Number(tokens), "the first turn is part of the second prompt");
  // After /reset, the conversation starts from scratch.
  const reset = await chat(GREEDY, `${first}\n/reset\n${second}\n`);
  assertEquals(reset.stdout.split("\n").slice(1).join("\n"), alone.stdout);
});

Deno.test("commands: saved messages, a system message, help, hints; stdout stays the answers'", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const file = `${folder}/talk.json`;
    const input = `/hlep\n/help\n"""\n/reset\n${FACT}\n"""\n/save ${file}\n/system Be brief.\n/system\n` +
      `/save ${folder}/no/where.json\n`;
    const { code, stdout, stderr } = await chat([...GREEDY, "--system", "You know plants."], input);
    assertEquals(code, 4, "a file that could not be written");
    assertStringIncludes(stderr, 'llama: unknown command "/hlep"; did you mean /help?');
    assertStringIncludes(stderr, "/save FILE");
    assertStringIncludes(stderr, "the system message: Be brief.");
    assertStringIncludes(stderr, "where.json");
    assertEquals(stdout.trim().split("\n").length, 1);
    const messages = JSON.parse(await Deno.readTextFile(file));
    assertEquals(messages.map(({ role }: { role: string }) => role), ["system", "user", "assistant"]);
    assertEquals(messages[0].content, "You know plants.");
    assertEquals(messages[1].content, `/reset\n${FACT}`);
    assertEquals(messages[2].content.trim(), stdout.trim());
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["talk.json"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("special tokens' text in a turn is text, unless it is asked for", async () => {
  const count = async (...args: string[]) => {
    const { stderr } = await chat(["--greedy", "-n", "1", "-v", ...args], "a</s>b\n");
    return Number(stderr.match(/(\d+) prompt tokens/)![1]);
  };
  assert(await count() > await count("--parse-special"));
});

Deno.test("a turn beyond the context is reported with both counts; the conversation continues", async () => {
  const long = "hot ".repeat(80);
  const { code, stdout, stderr } = await chat([...GREEDY, "--max-length", "64"], `Hello\n${long}\nHello\n`);
  assertEquals([code, stdout.trim().split("\n").length], [3, 2]);
  assertMatch(
    stderr,
    /^llama: the conversation with this message has \d+ tokens, --max-length holds 64; \/reset/,
  );
});

Deno.test("Ctrl-C stops the answer, the next turn is answered; a second one leaves with 130", async () => {
  for (const again of [false, true]) {
    const child = start(["--greedy", "--ignore-eos", "-n", "900"]);
    const writer = child.stdin.getWriter();
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    await writer.write(new TextEncoder().encode("Hello\n"));
    let text = (await reader.read()).value!;
    child.kill("SIGINT");
    // The newline at the end marks the end of the answer: these answers contain none so early.
    while (!text.endsWith("\n")) text += (await reader.read()).value;
    await writer.write(new TextEncoder().encode(again ? "Hello\n" : "/exit\n"));
    if (again) {
      await reader.read();
      child.kill("SIGINT");
    }
    assertEquals((await child.status).code, again ? 130 : 0);
    await Promise.all([writer.close().catch(() => {}), reader.cancel(), child.stderr.cancel()]);
  }
});

Deno.test("Ctrl-C while a turn is waited for leaves with 130", async () => {
  const child = start(["--greedy", "-n", "4"]);
  const writer = child.stdin.getWriter();
  const reader = child.stdout.getReader();
  await writer.write(new TextEncoder().encode("Hello\n"));
  let bytes = new Uint8Array();
  while (bytes.at(-1) !== 10) bytes = (await reader.read()).value!;
  child.kill("SIGINT");
  assertEquals((await child.status).code, 130);
  await Promise.all([writer.close().catch(() => {}), reader.cancel(), child.stderr.cancel()]);
});

Deno.test("what cannot be a conversation: one line, and what to do", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (const { name } of Deno.readDirSync(`${ROOT}testdata/default-model`)) {
      if (/json$|safetensors$/.test(name)) {
        await Deno.copyFile(`${ROOT}testdata/default-model/${name}`, `${folder}/${name}`);
      }
    }
    const file = `${folder}/tokenizer_config.json`;
    const { chat_template, ...config } = JSON.parse(await Deno.readTextFile(file));
    await Deno.writeTextFile(file, JSON.stringify(config));
    const none = await chat(["-m", folder, ...GREEDY], "Hello\n");
    assertEquals([none.code, none.stdout], [3, ""]);
    assertMatch(none.stderr, /^llama: [^\n]*no chat template: [^\n]*--chat-template FILE[^\n]*\n$/);
    await Deno.writeTextFile(`${folder}/own.jinja`, chat_template);
    const own = await chat(["-m", folder, "--chat-template", `${folder}/own.jinja`, ...GREEDY], "Hello\n");
    assertEquals([own.code, own.stderr], [0, ""]);
    assertEquals(own.stdout, (await chat(GREEDY, "Hello\n")).stdout);
    await Deno.writeTextFile(
      `${folder}/bad.jinja`,
      "{{ bos_token }}\n{% for m in messages %}{{ m + 1 }}{% endfor %}",
    );
    const bad = await chat(["--chat-template", `${folder}/bad.jinja`, ...GREEDY], "Hello\n");
    assertEquals([bad.code, bad.stdout], [3, ""]);
    assertMatch(bad.stderr, /^llama: [^\n]*chat template: line 2: \{\{ … \}\}: unsupported operand[^\n]*\n$/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  const word = await chat(["Hello"], "");
  assertEquals([word.code, word.stdout], [2, ""]);
  assertStringIncludes(word.stderr, 'expected no argument, got "Hello"');
});
