import type { Row } from "./row.ts";

const usage = (args: string[], ...words: string[]): Row => ({
  what: `llama ${args.join(" ")}`,
  args,
  code: 2,
  words,
});
/** A flag of `run` with invalid values. */
const flag = (name: string, ...values: string[]): Row[] =>
  values.map((value) => usage(["run", name, value, "x"], name, JSON.stringify(value)));

/** Command lines that are invalid for any model. */
export const FLAG_ROWS: readonly Row[] = [
  ...flag("--temperature", "NaN", "-1", "1e999", "0x10", "", " 1", "1 ", "1,5", "Infinity", "١"),
  ...flag("--top-k", "-1", "1.5", "1e3", "", "0x10", "99999999999"),
  ...flag("--top-p", "0", "1.1", "-0.5", "nan"),
  ...flag("--min-p", "-0.1", "1.5"),
  ...flag("--repetition-penalty", "0", "-1", "inf"),
  ...flag("--max-new-tokens", "-1", "1.5", "2147483648", "ten"),
  ...flag("--seed", "-1", "18446744073709551616", "1.5", "0x10", ""),
  ...flag("--max-length", "0", "-5"),
  ...flag("--batch-size", "0", "65536"),
  ...flag("--dtype", "float64", "int8"),
  ...flag("--task", "translation"),
  ...flag("--device", "-1"),
  usage(["run", "--max-length", "65", "-m", "FOLDER", "--jsonl"], "--max-length", "64", "65"),
  usage(["run", "--seed", "1", "--seed", "2", "x"], "--seed", "twice"),
  usage(["run", "--seed"], "--seed needs a value"),
  usage(["run", "--greedy=1", "x"], "--greedy takes no value"),
  usage(["run", "--greedy", "--do-sample", "x"], "contradict"),
  usage(["run", "--temprature", "1", "x"], "--temperature"),
  usage(["run", "a", "b"], "one prompt"),
  usage(["rnu"], '"run"'),
  usage(["completions", "tcsh"], "tcsh"),
  usage(["pull", "../x"], "../x"),
  usage([], "no command"),
];
