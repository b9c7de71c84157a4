import { UsageError } from "../errors.ts";
import { type Call, COMMAND_NAMES, COMMANDS } from "./commands.ts";
import { nearest } from "./nearest.ts";
import type { CommandName } from "./option_types.ts";
import { kebab, OPTION_LIST, optionsOf } from "./options.ts";

const SHELLS: Record<string, () => string> = { bash, zsh, fish };

/** `llama completions SHELL`: prints the script that completes commands, options and their choices. */
export function completions({ positionals, out }: Call): Promise<number> {
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
  out.text(SHELLS[shell]());
  return Promise.resolve(0);
}

function bash(): string {
  const perCommand = COMMAND_NAMES.map((name) => `    ${name}) words="${words(name).join(" ")}" ;;`);
  return `# Completion of llama for bash: source <(llama completions bash)
_llama() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} words=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${COMMAND_NAMES.join(" ")} --help --version" -- "$word"))
    return
  fi
  case $before in
${
    choices().map(([flag, list]) =>
      `    ${flag}) COMPREPLY=($(compgen -W "${list.join(" ")}" -- "$word")); return ;;`
    ).join("\n")
  }
    ${paths().join("|")}) COMPREPLY=($(compgen -f -- "$word")); return ;;
  esac
  case \${COMP_WORDS[1]} in
${perCommand.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _llama llama ./llama
`;
}

function zsh(): string {
  const commands = COMMAND_NAMES.map((name) => `    '${name}:${quoted(COMMANDS[name].summary)}'`);
  const perCommand = COMMAND_NAMES.map((name) => {
    const specs = optionsOf(name).map(([option, spec]) => {
      const text = quoted(spec.help).replace(/[\[\]:]/g, "\\$&");
      const kind = spec.kind === "flag"
        ? ""
        : spec.kind === "choice"
        ? `:value:(${spec.choices.join(" ")})`
        : spec.kind === "path"
        ? ":file:_files"
        : ":value:";
      const repeat = spec.kind === "texts" ? "\\*" : "";
      const long = `'${repeat}--${kebab(option)}[${text}]${kind}'`.replace("'\\*", "'*");
      return spec.short ? `${long} '-${spec.short}[${text}]${kind}'` : long;
    });
    const rest = name === "completions" ? "':shell:(bash zsh fish)'" : "'*:argument:_files'";
    return `    ${name}) _arguments ${[...specs, rest].join(" \\\n      ")} ;;`;
  });
  return `#compdef llama
# Completion of llama for zsh: source <(llama completions zsh)
_llama() {
  local -a commands=(
${commands.join("\n")}
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
  esac
}
compdef _llama llama
`;
}

function fish(): string {
  const lines = ["# Completion of llama for fish"];
  for (const name of COMMAND_NAMES) {
    lines.push(
      `complete -c llama -n __fish_use_subcommand -f -a ${name} -d '${quoted(COMMANDS[name].summary)}'`,
    );
  }
  for (const name of COMMAND_NAMES) {
    const here = `complete -c llama -n '__fish_seen_subcommand_from ${name}'`;
    for (const [option, spec] of optionsOf(name)) {
      const short = spec.short ? ` -s ${spec.short}` : "";
      const value = spec.kind === "flag"
        ? ""
        : spec.kind === "choice"
        ? ` -x -a '${spec.choices.join(" ")}'`
        : spec.kind === "path"
        ? " -r -F"
        : " -x";
      lines.push(`${here} -l ${kebab(option)}${short}${value} -d '${quoted(spec.help)}'`);
    }
    if (name === "completions") lines.push(`${here} -f -a 'bash zsh fish'`);
  }
  return lines.join("\n") + "\n";
}

/** Flags of a command, and what may stand in place of its argument. */
function words(command: CommandName): string[] {
  const flags = optionsOf(command).flatMap(([name, { short }]) =>
    short ? ["--" + kebab(name), "-" + short] : ["--" + kebab(name)]
  );
  return command === "completions" ? [...Object.keys(SHELLS), ...flags] : flags;
}

/** The options whose value is one of a list. */
function choices(): [string, readonly string[]][] {
  const all = COMMAND_NAMES.flatMap((command) => optionsOf(command));
  return [
    ...new Map(
      all.flatMap(([name, spec]) =>
        spec.kind === "choice" ? [["--" + kebab(name), spec.choices] as const] : []
      ),
    ),
  ];
}

/** The flags whose value is a file or a folder. */
function paths(): string[] {
  const specs = OPTION_LIST.filter(([, { kind }]) => kind === "path");
  return specs.flatMap(([name, { short }]) =>
    short ? ["--" + kebab(name), "-" + short] : ["--" + kebab(name)]
  );
}

/** Text inside single quotes of a shell: without the characters that would end them or mean something. */
function quoted(text: string): string {
  return text.replace(/['\\`$]/g, "");
}
