import { kebabCase } from "../base/names.ts";
import { COMMAND_NAMES, COMMANDS } from "./commands.ts";
import { ENVIRONMENT, EXIT_CODES } from "./options/conventions.ts";
import type { CommandName, OptionSpec } from "./options/option_types.ts";
import { optionsOf } from "./options/options.ts";

/** The groups of options in the order of the help. */
export const OPTION_GROUPS = [
  "Input",
  "Generation",
  "Output",
  "Measuring",
  "Serving",
  "Model",
  "General",
] as const;

/** Width in columns that the help is wrapped to. */
const WIDTH = 80;

/** The text of `llama --help`. */
export function programHelp(version: string): string {
  const examples = COMMAND_NAMES.slice(0, 3).map((name) => COMMANDS[name].examples[0]);
  return [
    `llama ${version}: runs Llama models on WebGPU`,
    "",
    "Usage: llama COMMAND [OPTIONS]",
    "",
    ...columns(COMMAND_NAMES.map((name) => [name, COMMANDS[name].summary])),
    "",
    "`llama COMMAND --help` explains a command, `llama --version` prints the version.",
    "",
    "Exit codes:",
    ...columns(EXIT_CODES),
    "",
    "Environment:",
    ...columns(
      ENVIRONMENT.flatMap(([names, meaning]) =>
        names.split(", ").map((name, i, all) => [name, i === all.length - 1 ? meaning : ""] as const)
      ),
    ),
    "",
    "Examples:",
    ...exampleLines(examples),
  ].join("\n");
}

/** Two columns, the second wrapped. */
function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([first]) => first.length)) + 4;
  return rows.flatMap(([first, second]) =>
    wrap(second, WIDTH - width).map((line, i) =>
      ((i === 0 ? `  ${first}` : "").padEnd(width) + line).trimEnd()
    )
  );
}

/** The text of `llama COMMAND --help`. */
export function commandHelp(command: CommandName): string {
  const { usage, summary, details, examples: shown } = COMMANDS[command];
  const lines = [
    ...wrap(`llama ${command}: ${summary}`, WIDTH),
    "",
    `Usage: llama ${command} ${usage}${usage && " "}[OPTIONS]`,
    "",
    ...wrap(details.replaceAll("\n", " "), WIDTH),
  ];
  const options = optionsOf(command);
  const takesRecords = options.some(([name]) => name === "jsonl");
  for (const group of OPTION_GROUPS) {
    const rows = options.filter(([, spec]) => spec.group === group);
    if (rows.length === 0) continue;
    lines.push("", `${group} options:`);
    for (const [name, spec] of rows) lines.push(...optionLines(name, spec, takesRecords));
  }
  return [...lines, "", "Examples:", ...exampleLines(shown)].join("\n");
}

const FLAG_WIDTH = 30;

function optionLines(name: string, spec: OptionSpec, takesRecords: boolean): string[] {
  const short = spec.short ? `-${spec.short}, ` : "    ";
  const value = spec.kind === "flag"
    ? ""
    : " " + (spec.value ?? (spec.kind === "choice" ? spec.choices.join("|") : "VALUE"));
  const flag = `  ${short}--${kebabCase(name)}${value}`;
  const mark = spec.record && takesRecords ? "*" : " ";
  const text = spec.help + (spec.default !== undefined ? ` (default: ${spec.default})` : "");
  const wrapped = wrap(text, WIDTH - FLAG_WIDTH - 2).map((line, i) => (i === 0 ? `${mark} ` : "  ") + line);
  const fits = flag.length < FLAG_WIDTH;
  const lines = fits ? [flag.padEnd(FLAG_WIDTH) + wrapped.shift()!] : [flag];
  return [...lines, ...wrapped.map((line) => " ".repeat(FLAG_WIDTH) + line)];
}

function exampleLines(list: readonly (readonly [string, string])[]): string[] {
  return list.flatMap(([line, what]) => [
    ...wrap(what, WIDTH - 4).map((part) => `  # ${part}`),
    // A shell continues reading after a bar at the end of a line.
    ...(line.length + 2 <= WIDTH ? [line] : line.split(/(?<= \|) /)).map((part, i) =>
      (i > 0 ? "    " : "  ") + part
    ),
  ]);
}

function wrap(text: string, width: number): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines[lines.length - 1];
    if (last === "") lines[lines.length - 1] = word;
    else if (last.length + 1 + word.length <= width) lines[lines.length - 1] += " " + word;
    else lines.push(word);
  }
  return lines;
}
