import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { UsageError } from "../../base/errors.ts";
import { OPTION_LIST, optionsOf } from "./options.ts";
import { parseArguments } from "./parse.ts";

Deno.test("options come in every usual form", () => {
  const { values, positionals } = parseArguments("run", [
    ...["-n", "16", "--temperature=0.5", "--seed", "18446744073709551615", "-qm", "dir", "--top-p", ".9"],
    ...["--stop", "a", "--stop=b", "prompt", "--", "--not-a-flag"],
  ]);
  assertEquals(values, {
    maxNewTokens: 16,
    temperature: 0.5,
    seed: 18446744073709551615n,
    quiet: true,
    model: "dir",
    topP: 0.9,
    stop: ["a", "b"],
  });
  assertEquals(positionals, ["prompt", "--not-a-flag"]);
  assertEquals(parseArguments("run", ["-n16"]).values, { maxNewTokens: 16 });
  assertEquals(parseArguments("run", ["-p", "--greedy"]).values, { prompt: "--greedy" });
  assertEquals(parseArguments("run", ["--prompt="]).values, { prompt: "" });
});

Deno.test("one letter may mean another option in another command", () => {
  assertEquals(parseArguments("bench", ["-p", "128,512", "-n", "0"]).values, {
    promptTokens: [128, 512],
    generateTokens: [0],
  });
  assertEquals(parseArguments("run", ["-p", "128,512"]).values, { prompt: "128,512" });
});

const BAD: [string, string[], string][] = [
  [
    "a temperature that is not a number",
    ["--temperature", "NaN"],
    "--temperature: expected a number of at least 0",
  ],
  ["a negative temperature", ["--temperature", "-1"], 'got "-1"'],
  ["an infinite temperature", ["--temperature", "1e999"], 'got "1e999"'],
  ["a negative top-k", ["--top-k", "-1"], "--top-k: expected an integer from 0"],
  ["a broken top-k", ["--top-k", "1.5"], 'got "1.5"'],
  ["top-p 0", ["--top-p", "0"], "above 0 and at most 1"],
  ["top-p 1.1", ["--top-p", "1.1"], 'got "1.1"'],
  ["hexadecimal", ["-n", "0x10"], 'got "0x10"'],
  ["an empty number", ["-n", ""], 'got ""'],
  ["a blank before a number", ["-n", " 1"], 'got " 1"'],
  ["a number with a tail", ["-n", "1a"], 'got "1a"'],
  ["no new tokens", ["-n", "0"], "expected an integer from 1"],
  ["fewer than no new tokens", ["--max-new-tokens", "-1"], "--max-new-tokens: expected"],
  ["more than the GPU counts", ["-n", "2147483648"], 'got "2147483648"'],
  ["a negative seed", ["--seed", "-1"], "--seed: expected an integer from 0 to 18446744073709551615"],
  ["a seed of 2^64", ["--seed", "18446744073709551616"], 'got "18446744073709551616"'],
  ["a repetition penalty of 0", ["--repetition-penalty", "0"], "above 0"],
  ["min-p beyond 1", ["--min-p", "1.01"], "at most 1"],
  ["no returned sequences", ["--num-return-sequences", "0"], "from 1"],
  ["an unknown dtype", ["--dtype", "int8"], "one of auto, float32, float16, bfloat16"],
  ["an empty stop string", ["--stop", ""], "not empty"],
  ["an unknown option", ["--temprature", "1"], "did you mean --temperature?"],
  ["an unknown option like no other", ["--colour"], "`llama run --help` lists them"],
  ["an unknown letter", ["-x"], "unknown option -x"],
  ["an option that only other commands have", ["--count"], "unknown option --count"],
  ["a repeated option", ["-n", "1", "--max-new-tokens", "2"], "--max-new-tokens is given twice"],
  ["a repeated flag", ["-q", "--quiet"], "given twice"],
  ["a missing value", ["-n"], "-n needs a value: an integer"],
  ["a value for a flag", ["--greedy=yes"], "--greedy takes no value"],
  ["greedy sampling", ["--greedy", "--do-sample"], "contradict"],
  ["sampling at temperature 0", ["--do-sample", "--temperature", "0"], "contradicts"],
  ["lines of two kinds", ["--lines", "--jsonl"], "contradict"],
  ["quiet and verbose", ["-qv"], "contradict"],
];
for (const [what, args, message] of BAD) {
  Deno.test(`usage error: ${what}`, () => {
    const error = assertThrows(() => parseArguments("run", args), UsageError);
    assertStringIncludes(error.message, message);
  });
}

Deno.test("no command has two options with one letter", () => {
  const commands = new Set(OPTION_LIST.flatMap(([, spec]) => spec.commands));
  for (const command of commands) {
    const letters = optionsOf(command).flatMap(([, spec]) => spec.short ?? []);
    assertEquals(letters.length, new Set(letters).size, command);
  }
});
