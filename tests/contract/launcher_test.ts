/**
 * ./llama ends correctly when its reader closes the pipe or a signal arrives, and long inputs need no extra
 * memory.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { PROGRAM, ROOT, type Row, shell, table } from "../support/contract.ts";

const FACT = "Plants create energy through a process known as";
const LONG = ["run", "--greedy", "--ignore-eos", "-n", "400", FACT];

/** Starts the program itself, so that a signal reaches it. */
function start(args: string[], stdin: "null" | "piped" = "null"): Deno.ChildProcess {
  return new Deno.Command(PROGRAM, { args, cwd: ROOT, stdin, stdout: "piped", stderr: "piped" }).spawn();
}

Deno.test("a newcomer's first command: a prompt through a pipe", async () => {
  const { code, out } = await shell(`printf '${FACT}' | llama run --greedy -n 16 2>&1`);
  assertEquals(code, 0, out);
  assertMatch(out, /^ photosynthesis[^\n]*\n$/);
});

// The exit code of the program itself after its reader has gone: `head` ends first.
const closed = (command: string, lines = 1): Row => [
  `d=$(mktemp -d -p $T); { ${command}; echo $? >$d/code; } | head -n ${lines} >$d/out; cat $d/out $d/code`,
  { out: new RegExp(`^([^\\n]+\\n){${lines}}141\\n$`) },
];

table("141: a reader that goes away ends the command silently, within a batch", [
  closed("yes 'The sun' | llama run --lines --json -n 4 --batch-size 4"),
  closed("yes 'The sun' | llama run --lines --greedy -n 4", 3),
  closed("yes 'The sun' | llama tokenize --lines"),
  closed("yes 'The sun' | llama score --lines"),
  [
    "yes 'The sun' | { llama run --lines --json -n 4 --batch-size 4 -v 2>$T/err; } | head -n 1 | wc -l\n" +
    "[ $(grep -c 'prompt [0-9]*:' $T/err) -le 8 ] || cat $T/err",
    { out: /^ *1\n$/ },
  ],
]);

Deno.test("a reader that goes away ends the command in the middle of a text", async () => {
  const child = start(LONG);
  const reader = child.stdout.getReader();
  await reader.read();
  await reader.cancel();
  const stderr = await new Response(child.stderr).text();
  assertEquals([(await child.status).code, stderr], [141, ""]);
});

Deno.test("a reader that goes away ends the command even where stdin stays open", async () => {
  const child = start(["run", "--lines", "--greedy", "--ignore-eos", "-n", "400"], "piped");
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(`${FACT}\n`.repeat(9)));
  await child.stdout.cancel();
  assertEquals((await child.status).code, 141);
  await Promise.all([writer.abort().catch(() => {}), child.stderr.cancel()]);
});

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.test(`${signal} ends a wait for stdin, and generation, with ${code}, silently`, async () => {
    const waiting = start(["tokenize", "--lines"], "piped");
    const writer = waiting.stdin.getWriter();
    await writer.write(new TextEncoder().encode("a\n"));
    const reader = waiting.stdout.getReader();
    // The first answer shows that the command is running, and so handles signals.
    assert(!(await reader.read()).done);
    waiting.kill(signal);
    assertEquals((await waiting.status).code, code);
    assertEquals(await new Response(waiting.stderr).text(), "");
    await Promise.all([writer.abort().catch(() => {}), reader.cancel()]);

    const generating = start(LONG);
    const text = generating.stdout.getReader();
    assert(!(await text.read()).done);
    generating.kill(signal);
    assertEquals((await generating.status).code, code);
    assertEquals(await new Response(generating.stderr).text(), "");
    await text.cancel();
  });
}

Deno.test("an answer comes as soon as it is ready, while stdin stays open", async () => {
  const child = start(["run", "--jsonl", "--json", "--greedy", "-n", "2"], "piped");
  const writer = child.stdin.getWriter();
  const answers = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  for (const [index, prompt] of ["The sun", "Water"].entries()) {
    await writer.write(new TextEncoder().encode(JSON.stringify({ prompt }) + "\n"));
    const answer = JSON.parse((await answers.read()).value!);
    assertEquals([answer.index, answer.prompt], [index, prompt]);
  }
  await writer.close();
  assertEquals([(await answers.read()).done, (await child.status).code], [true, 0]);
  await child.stderr.cancel();
});

/** Resident memory of the process, in MB. */
async function residentMegabytes(pid: number): Promise<number> {
  const { out } = await shell(`grep VmRSS /proc/${pid}/status`);
  return Number(out.match(/\d+/)) / 1024;
}

Deno.test({
  name: "prompts without end: answered in order, one by one as they are ready, and memory stays flat",
  ignore: Deno.build.os !== "linux",
}, async () => {
  const PROMPTS = 160;
  const child = start(["run", "--lines", "--json", "-n", "8"], "piped");
  const writer = child.stdin.getWriter();
  const writing = writer.write(new TextEncoder().encode("a prompt\n".repeat(PROMPTS)));
  let count = 0;
  let text = "";
  /**
   * Lowest resident memory in each half of the prompts after the first 80: garbage collection runs at any
   * time.
   */
  let [warm, last] = [Infinity, Infinity];
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const lines = text.split("\n");
    text = lines.pop()!;
    for (const line of lines) assertEquals(JSON.parse(line).index, count++);
    if (count < 80) continue;
    // After the last prompt it waits for more, so it is still running when measured.
    const used = await residentMegabytes(child.pid);
    if (count <= 120) warm = Math.min(warm, used);
    else last = Math.min(last, used);
    if (count === PROMPTS) await writer.close();
  }
  await writing;
  assertEquals([(await child.status).code, count], [0, PROMPTS]);
  await child.stderr.cancel();
  assert(last > 0 && last < warm + 24, `${warm} MB after 80 prompts, ${last} MB near the end`);
});
