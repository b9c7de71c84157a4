/**
 * Mixed work in one process: `deno task soak [--seconds 3600] [--seed 1]`. Calls of `llama run --jsonl
 * --json` share one session; a tenth of their records is invalid, some end early, and now and then a model is
 * loaded again. Every answer must equal the record's answer alone, and memory must stay flat after a warm-up.
 * Prints a line every ten seconds; exits with 1 on an error.
 */
import { parseArgs } from "@std/cli/parse-args";
import { fromFileUrl } from "@std/path";
import { continuePrompts } from "../src/cli/shared/continue_prompts.ts";
import { readPrompts } from "../src/cli/shared/input.ts";
import { Log } from "../src/cli/shared/log.ts";
import { findTokenizer } from "../src/cli/shared/load_model.ts";
import { Output } from "../src/cli/terminal/output.ts";
import { FakeIo, runMain } from "../tests/support/cli.ts";
import { defaultsFor, Session } from "../src/generate/mod.ts";
import { StreamDecoder } from "../src/tokenizer/mod.ts";
import { Random } from "../src/base/random.ts";

const { seconds, seed } = parseArgs(Deno.args, {
  string: ["seconds", "seed"],
  default: { seconds: "3600", seed: "1" },
});
const random = new Random(Number(seed));
const MODEL = fromFileUrl(new URL("../testdata/default-model", import.meta.url));
/** Share of the time: caches and pools have then reached their sizes. */
const WARM_UP = 0.3;
/** Memory that the garbage collector and the driver may hold temporarily, beyond what they held before. */
const SLACK = 32 * 2 ** 20;

const TEXTS = [
  "Plants create energy through",
  "The sea",
  "Once upon a time there was a",
  "1 2 3 4 5 6",
  "naïve 😀",
];
const OPTIONS: readonly Record<string, unknown>[] = [
  { greedy: true },
  { do_sample: true, temperature: 1.1, top_k: 0 },
  { do_sample: true, top_p: 0.8 },
  { greedy: true, repetition_penalty: 1.3 },
  { do_sample: true, min_p: 0.05, stop: ["e"] },
  { greedy: true, logprobs: 2 },
];
const RECORDS = Array.from({ length: 30 }, (_, i): Record<string, unknown> => ({
  id: i,
  prompt: TEXTS[i % TEXTS.length].repeat(1 + i % 7),
  max_new_tokens: 1 + 7 * i % 48,
  seed: i,
  ...OPTIONS[i % OPTIONS.length],
}));
const BAD = [
  "{",
  "[]",
  '{"prompt": 5}',
  '{"prompt": [99999999]}',
  '{"prompt": "a", "top_p": 7}',
  '{"prompt": "a", "x": 1}',
];

const session = await Session.load(MODEL, { batchSize: 4 });
const tokenizer = await findTokenizer(MODEL);
const parts = {
  session,
  tokenizer,
  defaults: await defaultsFor(MODEL),
  context: { tokens: session.model.config.maxPositionEmbeddings, name: "the model's context" },
  decoderOf: (prompt: number[]) => tokenizer && new StreamDecoder(tokenizer, { prompt }),
};

/** One call, as the command makes it. */
async function call(lines: readonly string[], signal: AbortSignal): Promise<string[]> {
  const io = new FakeIo([lines.join("\n")]);
  const values = { jsonl: true, json: true };
  const [out, log] = [new Output(io), new Log(io)];
  const items = readPrompts(values, [], io);
  await continuePrompts({ values, positionals: [], io, out, log, signal }, parts, items);
  await out.drain();
  return io.stdout.trim().split("\n");
}

/** The part of an answer that must always be the same. */
function essence(line: string): { id: unknown; answer: string } {
  const { id, text, tokens, finish_reason, error } = JSON.parse(line);
  return { id, answer: JSON.stringify({ text, tokens, finish_reason, error }) };
}

const never = new AbortController().signal;
const alone: string[] = [];
for (const record of RECORDS) {
  const [line] = await call([JSON.stringify(record)], never);
  alone.push(essence(line).answer);
}

const samples: { seconds: number; rss: number; device: number }[] = [];
const count = { calls: 0, answers: 0, refused: 0, aborted: 0, loads: 0 };
const complaints: string[] = [];
const begin = performance.now();
const elapsed = () => (performance.now() - begin) / 1000;

async function turn(): Promise<void> {
  const lines = random.some(
    1,
    12,
    () => random.once(10) ? random.of(BAD) : JSON.stringify(random.of(RECORDS)),
  );
  const controller = new AbortController();
  const timer = random.once(8)
    ? setTimeout(() => controller.abort(new Error("enough")), random.below(300))
    : undefined;
  count.calls++;
  try {
    const answers = await call(lines, controller.signal);
    if (answers.length !== lines.length) {
      complaints.push(`${answers.length} answers to ${lines.length} records`);
    }
    answers.forEach((line, i) => check(lines[i], line));
  } catch (error) {
    if (!controller.signal.aborted) throw error;
    count.aborted++;
  } finally {
    clearTimeout(timer);
  }
}

function check(record: string, line: string): void {
  const { id, answer } = essence(line);
  if (BAD.includes(record)) {
    count.refused++;
    if (!answer.includes('"error":"')) complaints.push(`${record}: ${answer}`);
    return;
  }
  count.answers++;
  if (answer !== alone[id as number]) {
    complaints.push(`record ${id}: ${answer}, alone ${alone[id as number]}`);
  }
}

/** A whole run of the program, with its own load and its own device. */
async function load(): Promise<void> {
  count.loads++;
  const input = new FakeIo([JSON.stringify(RECORDS[3])]);
  const { code, stdout } = await runMain(["run", "--jsonl", "--json", "-m", MODEL], input);
  if (code !== 0 || essence(stdout.trim()).answer !== alone[3]) {
    complaints.push(`a fresh load: ${code} ${stdout}`);
  }
}

for (let next = 10; elapsed() < Number(seconds) && complaints.length === 0;) {
  await turn();
  if (random.once(40)) await load();
  if (elapsed() < next) continue;
  next += 10;
  const { rss } = Deno.memoryUsage();
  samples.push({ seconds: Math.round(elapsed()), rss, device: session.model.gpu.allocatedBytes });
  console.log(JSON.stringify({ ...samples.at(-1), ...count }));
}

const warm = samples.filter((sample) => sample.seconds > WARM_UP * Number(seconds));
const halves = [warm.slice(0, warm.length / 2), warm.slice(warm.length / 2)];
for (const what of ["rss", "device"] as const) {
  const [before, after] = halves.map((half) => Math.max(0, ...half.map((sample) => sample[what])));
  console.log(`${what}: at most ${before} bytes in the first half after the warm-up, ${after} in the second`);
  if (before > 0 && after > before * 1.05 + (what === "rss" ? SLACK : 0)) complaints.push(`${what} grows`);
}
console.log(complaints.length === 0 ? "clean" : complaints.join("\n"));
Deno.exit(complaints.length === 0 ? 0 : 1);
