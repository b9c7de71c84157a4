import { kebabCase } from "../../base/names.ts";
import { UsageError } from "../../base/errors.ts";
import { selfContradiction } from "../../generate/options/greedy.ts";
import { nearest } from "../../base/nearest.ts";
import type { CommandName, OptionSpec } from "./option_types.ts";
import { type OptionName, optionsOf, type OptionValues } from "./options.ts";
import { expected, type Value, valueFromText } from "../../base/values.ts";

/** A parsed and checked command line. */
export interface ParsedArguments {
  readonly values: OptionValues;
  /** Arguments outside options, and everything after `--`. */
  readonly positionals: string[];
}

/** Pairs of options that contradict each other. */
const CONTRADICTIONS: [OptionName, OptionName][] = [
  ["greedy", "doSample"],
  ["lines", "jsonl"],
  ["chat", "noChat"],
  ["quiet", "verbose"],
  ["count", "json"],
  ["jsonSchema", "regex"],
  ["jsonSchema", "jsonObject"],
  ["jsonObject", "regex"],
];

/**
 * Parses the arguments of one command by the option table; a lone dash is stdin, as with `-f`. Parsing ends
 * at `--help` and `--version`.
 * @throws UsageError for an unknown or repeated option, a missing or bad value, or options that contradict
 */
export function parseArguments(command: CommandName, args: readonly string[]): ParsedArguments {
  const options = optionsOf(command);
  const byFlag = new Map<string, [OptionName, OptionSpec]>();
  for (const option of options) {
    byFlag.set("--" + kebabCase(option[0]), option);
    if (option[1].short) byFlag.set("-" + option[1].short, option);
  }
  const values: Record<string, Value> = {};
  const positionals: string[] = [];

  const set = (flag: string, [name, spec]: [OptionName, OptionSpec], value: Value) => {
    const before = values[name];
    if (spec.kind === "texts" && Array.isArray(before)) value = [...before, ...value as string[]] as string[];
    else if (before !== undefined) throw new UsageError(`${flag} is given twice; expected once`);
    values[name] = value;
  };
  const setText = (flag: string, option: [OptionName, OptionSpec], text: string | undefined) => {
    const [, spec] = option;
    if (text === undefined) throw new UsageError(`${flag} needs a value: ${expected(spec)}`);
    const value = valueFromText(spec, text);
    if (value === undefined) {
      const guess = spec.kind === "choice" ? nearest(text, spec.choices) : undefined;
      const hint = guess ? `; did you mean "${guess}"?` : "";
      throw new UsageError(`${flag}: expected ${expected(spec)}, got ${JSON.stringify(text)}${hint}`);
    }
    set(flag, option, value);
  };
  const unknown = (flag: string) => {
    if (/\s/.test(flag) || /^-\d+$/.test(flag)) {
      return new UsageError(
        `unknown option ${JSON.stringify(flag)}; what begins with a dash but is not an option goes after --`,
      );
    }
    const guess = nearest(flag, options.map(([name]) => "--" + kebabCase(name)));
    const hint = guess ? `did you mean ${guess}?` : `\`llama ${command} --help\` lists them`;
    return new UsageError(`unknown option ${flag} of "${command}"; ${hint}`);
  };

  for (let i = 0; i < args.length && !values.help && !values.version; i++) {
    const arg = args[i];
    if (arg === "--") {
      positionals.push(...args.slice(i + 1));
      break;
    } else if (arg.startsWith("--")) {
      const equals = arg.indexOf("=");
      const flag = equals < 0 ? arg : arg.slice(0, equals);
      const option = byFlag.get(flag);
      if (!option) throw unknown(flag);
      if (option[1].kind !== "flag") setText(flag, option, equals < 0 ? args[++i] : arg.slice(equals + 1));
      else if (equals < 0) set(flag, option, true);
      else throw new UsageError(`${flag} takes no value, got ${JSON.stringify(arg.slice(equals + 1))}`);
    } else if (arg.startsWith("-") && arg !== "-") {
      // One-letter flags may share a dash; the first one with a value takes the rest: -qn16.
      for (let at = 1; at < arg.length; at++) {
        const flag = "-" + arg[at];
        const option = byFlag.get(flag);
        if (!option) throw unknown(at === 1 ? arg : flag);
        if (option[1].kind === "flag") {
          set(flag, option, true);
          continue;
        }
        setText(flag, option, at + 1 < arg.length ? arg.slice(at + 1) : args[++i]);
        break;
      }
    } else if (arg === "-" && byFlag.has("--file")) set("-", byFlag.get("--file")!, "-");
    else positionals.push(arg);
  }

  if (!values.help && !values.version) {
    for (const [one, other] of CONTRADICTIONS) {
      if (values[one] && values[other]) throw contradiction(one, other);
    }
    const problem = selfContradiction(values as OptionValues, (name) => `--${kebabCase(name)}`);
    if (problem !== undefined) throw new UsageError(problem);
  }
  // valueFromText made each value from the row of its own name, which is the type that OptionValues declares.
  return { values: values as OptionValues, positionals };
}

function contradiction(one: OptionName, other: OptionName): UsageError {
  return new UsageError(
    `--${kebabCase(one)} and --${kebabCase(other)} contradict each other; give one of them`,
  );
}
