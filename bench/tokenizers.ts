/**
 * Loads a tokenizer.json and encodes a text with three programs alternately, each in its own process, and
 * prints medians: this project, npm's `@huggingface/tokenizers` 0.2.0 in the same Deno, and Python's
 * `tokenizers`.
 *
 *     deno run -A bench/tokenizers.ts FOLDER TEXT [rounds]     ($PYTHON: a Python with `tokenizers`, else
 * python3)
 *
 * A round counts only if all three return the same ids. The text is encoded twice in a process; both times
 * are shown.
 */
import { median } from "../src/gpu/timing.ts";
import { LlamaTokenizerFast } from "../src/tokenizer/mod.ts";

interface Round {
  load: number;
  first: number;
  again: number;
  /** Ids joined by commas. */
  ids: string;
}

const PYTHON = `
import json, sys, time
from tokenizers import Tokenizer
text = open(sys.argv[2], newline="").read()
start = time.perf_counter()
tokenizer = Tokenizer.from_file(sys.argv[1] + "/tokenizer.json")
load = time.perf_counter() - start
times = []
for _ in range(2):
    start = time.perf_counter()
    ids = tokenizer.encode(text).ids
    times.append(time.perf_counter() - start)
print(json.dumps({"load": load * 1e3, "first": times[0] * 1e3, "again": times[1] * 1e3, "ids": ",".join(map(str, ids))}))
`;

/** Each program reads the tokenizer and returns a function that encodes. */
const programs = {
  async llama(folder: string): Promise<(text: string) => readonly number[]> {
    const tokenizer = await LlamaTokenizerFast.fromPretrained(folder);
    return (text) => tokenizer.encode(text);
  },
  async huggingface(folder: string): Promise<(text: string) => readonly number[]> {
    // Not a dependency of the project: fetched at run time. Its name is hidden from `deno check`.
    const name = "npm:@huggingface/tokenizers@0.2.0";
    const { Tokenizer } = await import(name);
    const read = (file: string) => JSON.parse(Deno.readTextFileSync(`${folder}/${file}`));
    const tokenizer = new Tokenizer(read("tokenizer.json"), read("tokenizer_config.json"));
    return (text) => tokenizer.encode(text).ids;
  },
};

async function measure(name: keyof typeof programs, folder: string, file: string): Promise<Round> {
  const text = await Deno.readTextFile(file);
  // Import before the measurement starts.
  if (name === "huggingface") await import("npm:@huggingface/tokenizers@0.2.0" as string);
  const times: number[] = [performance.now()];
  const encode = await programs[name](folder);
  let ids: readonly number[] = [];
  times.push(performance.now());
  for (let i = 0; i < 2; i++) {
    ids = encode(text);
    times.push(performance.now());
  }
  const [load, first, again] = times.slice(1).map((time, i) => time - times[i]);
  return { load, first, again, ids: ids.join() };
}

async function spawn(command: string, args: string[]): Promise<Round> {
  const { code, stdout } = await new Deno.Command(command, { args, stderr: "inherit" }).output();
  if (code !== 0) throw new Error(`${command}: exit ${code}`);
  return JSON.parse(new TextDecoder().decode(stdout));
}

if (Deno.args[0] === "--one") {
  const [, name, folder, file] = Deno.args;
  console.log(JSON.stringify(await measure(name as keyof typeof programs, folder, file)));
} else {
  const [folder, file, rounds = "5"] = Deno.args;
  const self = (
    name: string,
  ) => ["run", "-A", "--no-lock", import.meta.filename!, "--one", name, folder, file];
  const bytes = (await Deno.stat(file)).size;
  const runs: Record<string, Round[]> = { llama: [], huggingface: [], python: [] };
  for (let round = 0; round < Number(rounds); round++) {
    for (const name of ["llama", "huggingface"]) {
      runs[name].push(await spawn(Deno.execPath(), self(name)));
    }
    runs.python.push(await spawn(Deno.env.get("PYTHON") ?? "python3", ["-c", PYTHON, folder, file]));
    const ids = new Set(Object.values(runs).map((rows) => rows[round].ids));
    if (ids.size > 1) throw new Error("the programs give different ids: nothing is measured");
  }
  console.log("| program | load, ms | first MB/s | again, MB/s |\n| --- | --- | --- | --- |");
  for (const [name, rows] of Object.entries(runs)) {
    const speed = (part: "first" | "again") =>
      (bytes / 1e3 / median(rows.map((row) => row[part]))).toFixed(2);
    console.log(
      `| ${name} | ${median(rows.map(({ load }) => load)).toFixed(0)} | ${speed("first")} | ${
        speed("again")
      } |`,
    );
  }
}
