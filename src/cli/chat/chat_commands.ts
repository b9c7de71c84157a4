import { UsageError } from "../../base/errors.ts";
import { nearest } from "../../base/nearest.ts";

/** The commands of a conversation: name, argument, effect. */
export const CHAT_COMMANDS = {
  "/help": ["", "this list"],
  "/system": ["TEXT", "set the system message; without TEXT: show it"],
  "/reset": ["", "start again; the system message is kept"],
  "/save": ["FILE", "write the messages as JSON"],
  "/exit": ["", "leave, like the end of the input"],
} as const;

/** Name of a command of a conversation. */
export type ChatCommandName = keyof typeof CHAT_COMMANDS;

/** A command and its argument. */
export interface ChatCommand {
  readonly name: ChatCommandName;
  readonly rest: string;
}

/** Parses a line that begins with a slash. @throws UsageError for an unknown command or a missing argument */
export function parseChatCommand(line: string): ChatCommand {
  const [, word, rest] = line.trim().match(/^(\S+)\s*([\s\S]*)$/)!;
  const names = Object.keys(CHAT_COMMANDS) as ChatCommandName[];
  const name = names.find((known) => known === word);
  if (!name) {
    const guess = nearest(word, names);
    const hint = guess ? `did you mean ${guess}?` : `expected one of ${names.join(", ")}`;
    throw new UsageError(
      `unknown command ${JSON.stringify(word)}; ${hint} (// begins a message with a slash)`,
    );
  }
  if (name === "/save" && rest === "") throw new UsageError("/save: expected the name of a file after it");
  if (rest !== "" && CHAT_COMMANDS[name][0] === "") {
    throw new UsageError(`${name}: expected nothing behind it, got ${JSON.stringify(rest)}`);
  }
  return { name, rest };
}

/** The text of `/help`. */
export function chatHelp(): string {
  const rows = Object.entries(CHAT_COMMANDS).map(([name, [value, what]]) =>
    `  ${`${name} ${value}`.padEnd(14)}  ${what}`
  );
  return [
    ...rows,
    'A line that ends in \\ continues on the next one; """ begins and ends a message',
    "of many lines. Ctrl-C stops an answer, Ctrl-C at the prompt and Ctrl-D leave.",
    "",
  ].join("\n");
}
