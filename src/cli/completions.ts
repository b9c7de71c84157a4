import { kebabCase } from "../base/names.ts";
import { UsageError } from "../base/errors.ts";
import type { Call } from "./shared/call.ts";
import { nearest } from "../base/nearest.ts";
import type { CommandName, OptionSpec } from "./options/option_types.ts";
import { OPTION_LIST, optionsOf } from "./options/options.ts";

/** Each command with its summary from the help. */
type Summaries = ReadonlyMap<CommandName, string>;

const SHELLS: Record<string, (commands: Summaries) => string> = { bash, zsh, fish };

/** `llama completions SHELL`: prints the script that completes commands, options and their choices. */
export function completions({ positionals, out }: Call, commands: Summaries): Promise<number> {
  const names = Object.keys(SHELLS);
  if (positionals.length !== 1) {
    throw new UsageError(`expected one shell of ${names.join(", ")}, got ${positionals.length} arguments`);
  }
  const [shell] = positionals;
  if (!names.includes(shell)) {
    const guess = nearest(shell, names);
    const hint = guess ? `did you mean "${guess}"?` : `expected one of ${names.join(", ")}`;
    throw new UsageError(`unknown shell ${JSON.stringify(shell)}; ${hint}`);
  }
  out.text(SHELLS[shell](commands));
  return Promise.resolve(0);
}

function bash(commands: Summaries): string {
  const names = [...commands.keys()];
  const perCommand = names.map((name) =>
    `    ${name}) flags="${flags(name).join(" ")}"; words="${words(name).join(" ")}" ;;`
  );
  return `# Completion of llama for bash: source <(llama completions bash)
_llama() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} flags="" words=""
  # --flag=value comes as three words.
  [ "$word" = "=" ] && word=""
  [ "$before" = "=" ] && before=\${COMP_WORDS[COMP_CWORD-2]}
  [ "\${COMP_WORDS[COMP_CWORD]}" = "=" ] && before=\${COMP_WORDS[COMP_CWORD-1]}
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${names.join(" ")} help --help --version" -- "$word"))
    return
  fi
  case $before in
${
    choices(names).map(([flag, list]) =>
      `    ${flag}) COMPREPLY=($(compgen -W "${list.join(" ")}" -- "$word")); return ;;`
    ).join("\n")
  }
    ${paths().join("|")}) COMPREPLY=(); return ;;
  esac
  case \${COMP_WORDS[1]} in
${perCommand.join("\n")}
    help) words="${names.join(" ")}" ;;
  esac
  # Where nothing is offered, bash offers files.
  case $word in
    -*) COMPREPLY=($(compgen -W "$flags" -- "$word")) ;;
    *) COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
  esac
}
complete -o default -F _llama llama ./llama
`;
}

function zsh(commands: Summaries): string {
  const names = [...commands.keys()];
  const summaries = [...commands].map(([name, summary]) => `    '${name}:${quoted(summary)}'`);
  const perCommand = names.map((name) => {
    const specs = optionsOf(name).flatMap(([option, spec]) => {
      const text = `[${quoted(spec.help).replace(/[\[\]:]/g, "\\$&")}]${zshValue(spec)}`;
      const repeat = spec.kind === "texts" ? "*" : "";
      const value = spec.kind === "flag" ? "" : "=";
      const long = `'${repeat}--${kebabCase(option)}${value}${text}'`;
      return spec.short ? [long, `'${repeat}-${spec.short}${text}'`] : [long];
    });
    const rest = words(name).length > 0 ? `':word:(${words(name).join(" ")})'` : "'*:argument:_files'";
    return `    ${name}) _arguments -s ${[...specs, rest].join(" \\\n      ")} ;;`;
  });
  return `#compdef llama
# Completion of llama for zsh: source <(llama completions zsh), or a file _llama in a folder of $fpath
_llama() {
  local -a commands=(
${summaries.join("\n")}
    'help:explain a command'
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${perCommand.join("\n")}
    help) _arguments ':command:(${names.join(" ")})' ;;
  esac
}
if [ "\${funcstack[1]}" = _llama ]; then _llama "$@"; else compdef _llama llama; fi
`;
}

function zshValue(spec: OptionSpec): string {
  switch (spec.kind) {
    case "flag":
      return "";
    case "choice":
      return `:value:(${spec.choices.join(" ")})`;
    case "path":
      return ":file:_files";
    default:
      return ":value:";
  }
}

function fish(commands: Summaries): string {
  const lines = ["# Completion of llama for fish"];
  const command = (name: string, summary: string) =>
    lines.push(`complete -c llama -n __fish_use_subcommand -f -a ${name} -d '${quoted(summary)}'`);
  for (const [name, summary] of commands) command(name, summary);
  command("help", "explain a command");
  for (const name of commands.keys()) {
    const here = `complete -c llama -n '__fish_seen_subcommand_from ${name}'`;
    for (const [option, spec] of optionsOf(name)) {
      const short = spec.short ? ` -s ${spec.short}` : "";
      lines.push(`${here} -l ${kebabCase(option)}${short}${fishValue(spec)} -d '${quoted(spec.help)}'`);
    }
    if (words(name).length > 0) lines.push(`${here} -f -a '${words(name).join(" ")}'`);
  }
  lines.push(
    `complete -c llama -n '__fish_seen_subcommand_from help' -f -a '${[...commands.keys()].join(" ")}'`,
  );
  return lines.join("\n") + "\n";
}

function fishValue(spec: OptionSpec): string {
  switch (spec.kind) {
    case "flag":
      return "";
    case "choice":
      return ` -x -a '${spec.choices.join(" ")}'`;
    case "path":
      return " -r -F";
    default:
      return " -x";
  }
}

function flags(command: CommandName): string[] {
  return optionsOf(command).flatMap(([name, { short }]) =>
    short ? ["--" + kebabCase(name), "-" + short] : ["--" + kebabCase(name)]
  );
}

/** Possible values of a command's argument; empty if it is a text or a file. */
function words(command: CommandName): string[] {
  return command === "completions" ? Object.keys(SHELLS) : [];
}

/** The options whose value is one of a list. */
function choices(names: readonly CommandName[]): [string, readonly string[]][] {
  const all = names.flatMap((command) => optionsOf(command));
  return [
    ...new Map(
      all.flatMap(([name, spec]) =>
        spec.kind === "choice" ? [["--" + kebabCase(name), spec.choices] as const] : []
      ),
    ),
  ];
}

/** The flags whose value is a file or a folder. */
function paths(): string[] {
  const specs = OPTION_LIST.filter(([, { kind }]) => kind === "path");
  return specs.flatMap(([name, { short }]) =>
    short ? ["--" + kebabCase(name), "-" + short] : ["--" + kebabCase(name)]
  );
}

/**
 * Text for single quotes of a shell: without characters that would end the quotes or have a special meaning.
 */
function quoted(text: string): string {
  return text.replace(/['\\`$]/g, "");
}
