import { kebabCase, snakeCase } from "../base/names.ts";
import { COMMAND_NAMES, COMMANDS } from "./commands.ts";
import { ENVIRONMENT, EXIT_CODES } from "./options/conventions.ts";
import { OPTION_GROUPS } from "./help.ts";
import type { CommandName, OptionSpec } from "./options/option_types.ts";
import { OPTION_LIST, optionsOf } from "./options/options.ts";
import { expected } from "../base/values.ts";
import type { FieldTable } from "../serve/fields/body_field.ts";
import { GENERATION_FIELDS } from "../serve/fields/generation_fields.ts";
import { COMMON_FIELDS } from "../serve/fields/openai_fields.ts";
import { POSTS } from "../serve/service.ts";

/**
 * The reference in Markdown: all commands and options, generated from the tables that the program itself
 * uses.
 */
export function reference(): string {
  return [
    "# Reference of the commands",
    "",
    "Made by `deno run --allow-read --allow-write tools/reference.ts` from the tables in `src/cli`; do not edit.",
    "`llama COMMAND --help` says the same.",
    "",
    table(
      ["command", "does"],
      COMMAND_NAMES.map((name) => [`[${name}](#llama-${name})`, COMMANDS[name].summary]),
    ),
    ...COMMAND_NAMES.flatMap(section),
    "",
    "## Records",
    "",
    "A line of `--jsonl` is an object with `prompt` (text, or a list of token ids), `id` (any value, given back) and any",
    "of these fields; `null` counts as absent. What a record says wins over the command line.",
    "",
    table(
      ["field", "value"],
      OPTION_LIST.filter(([, spec]) => spec.record).map((
        [name, spec],
      ) => [`\`${snakeCase(name)}\``, expected(spec)]),
    ),
    "",
    "## Requests",
    "",
    "Fields of the JSON bodies that `llama serve` takes; `null` counts as absent. A field is *used*, *ignored* (it changes",
    "no token) or *refused* (400, unless its value asks for nothing). Other fields are ignored, and named once with `-v`; a",
    "name that is nearly one of these is refused.",
    ...requestFields(),
    "",
    "## Environment",
    "",
    table(["variable", "means"], ENVIRONMENT.map(([names, meaning]) => [code(names), meaning])),
    "",
    "## Exit codes",
    "",
    table(["code", "means"], EXIT_CODES),
    "",
  ].join("\n");
}

/** A table of the options of every endpoint, and one of each endpoint's own fields. */
function requestFields(): string[] {
  const rows = (fields: FieldTable) =>
    Object.entries(fields).map((
      [name, { use, help }],
    ): [string, string, string] => [`\`${name}\``, use, help]);
  const head = ["field", "use", "means"];
  const shared = { ...GENERATION_FIELDS, ...COMMON_FIELDS };
  const own = (fields: FieldTable) =>
    Object.fromEntries(Object.entries(fields).filter(([name, field]) => shared[name] !== field));
  return [
    ...["", "### Every generating endpoint", "", table(head, rows(shared))],
    ...POSTS.flatMap(([path, fields]) => ["", `### POST ${path}`, "", table(head, rows(own(fields)))]),
  ];
}

function section(name: CommandName): string[] {
  const { usage, summary, details, examples } = COMMANDS[name];
  const options = optionsOf(name);
  const lines = ["", `## llama ${name}`, "", `${summary[0].toUpperCase()}${summary.slice(1)}.`, ""];
  lines.push(`    llama ${name} ${usage}${usage && " "}[OPTIONS]`, "", details.replaceAll("\n", " "));
  for (const group of OPTION_GROUPS) {
    const rows = options.filter(([, spec]) => spec.group === group);
    if (rows.length > 0) {
      lines.push("", table([`${group.toLowerCase()} option`, "means"], rows.map(optionRow)));
    }
  }
  return [...lines, "", "```sh", ...examples.flatMap(([line, what]) => [`# ${what}`, line]), "```"];
}

function optionRow([name, spec]: [string, OptionSpec]): [string, string] {
  const value = spec.kind === "flag" ? "" : ` ${spec.value ?? expected(spec)}`;
  const flag = spec.short ? `-${spec.short}, --${kebabCase(name)}` : `--${kebabCase(name)}`;
  const choices = spec.kind === "choice" ? `; ${expected(spec)}` : "";
  const otherwise = spec.default === undefined ? "" : ` (default: ${spec.default})`;
  return [
    `\`${flag}${spec.kind === "choice" ? ` ${spec.value ?? "X"}` : value}\``,
    spec.help + choices + otherwise,
  ];
}

function code(names: string): string {
  return names.split(", ").map((name) => `\`${name}\``).join(", ");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("<", "&lt;")).join(" | ")} |`;
  return [head, head.map(() => "---"), ...rows].map(line).join("\n");
}
