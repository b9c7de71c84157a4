import project from "../../deno.json" with { type: "json" };
import { LlamaError, UsageError } from "../base/errors.ts";
import { COMMAND_NAMES, COMMANDS } from "./commands.ts";
import { commandHelp, programHelp } from "./help.ts";
import { type Io, processIo } from "./terminal/io.ts";
import { Log } from "./shared/log.ts";
import { nearest } from "../base/nearest.ts";
import type { CommandName } from "./options/option_types.ts";
import { Output, OutputClosed } from "./terminal/output.ts";
import { parseArguments } from "./options/parse.ts";
import { Interrupted, Interrupts, underSignals } from "./terminal/signals.ts";

/**
 * The whole command-line program: `llama ARGS`.
 * @param args arguments after the program's name
 * @param io the surroundings (default: the process's own)
 * @returns the exit code: 0, or 2 usage, 3 data, 4 environment, 130 and 143 signals, 141 stdout closed, 1 our
 *   bug
 */
export async function main(args: string[], io: Io = processIo()): Promise<number> {
  const out = new Output(io);
  try {
    const code = await dispatch(args, io, out);
    await out.drain();
    return code;
  } catch (error) {
    return report(error, io);
  }
}

async function dispatch(args: string[], io: Io, out: Output): Promise<number> {
  const [first, ...rest] = args;
  if (first === "--help" || first === "-h" || first === "help" && rest.length === 0) {
    out.line(programHelp(project.version));
    return 0;
  }
  if (first === "help") {
    out.line(commandHelp(commandName(rest[0])));
    return 0;
  }
  const version = `llama ${project.version}`;
  if (first === "--version" || first === "-V") {
    out.line(version);
    return 0;
  }
  const name = commandName(first);
  const { values, positionals } = parseArguments(name, rest);
  if (values.help) {
    out.line(commandHelp(name));
    return 0;
  }
  if (values.version) {
    out.line(version);
    return 0;
  }
  const log = new Log(io, values);
  const command = await COMMANDS[name].load();
  const interrupts = new Interrupts();
  const work = (signal: AbortSignal) => command({ values, positionals, io, out, log, signal, interrupts });
  // A command that can no longer write may still be waiting for its input to end.
  return await underSignals((signal) => Promise.race([work(signal), out.failed]), interrupts);
}

/** Names that other programs use for these commands. */
const SYNONYMS = new Map([
  ...["generate", "complete", "prompt", "predict"].map((word) => [word, "run"] as const),
  ...["download", "fetch", "get"].map((word) => [word, "pull"] as const),
  ...["show", "info"].map((word) => [word, "inspect"] as const),
  ...["gpus", "adapters"].map((word) => [word, "devices"] as const),
  ["encode", "tokenize"],
  ["decode", "detokenize"],
  ["perplexity", "score"],
  ["version", "--version"],
]);

function commandName(word: string | undefined): CommandName {
  if (word === undefined) {
    throw new UsageError(
      `no command: expected one of ${COMMAND_NAMES.join(", ")}; \`llama --help\` explains them`,
    );
  }
  const name = COMMAND_NAMES.find((known) => known === word);
  if (name) return name;
  if (word.startsWith("-")) {
    throw new UsageError(`expected a command before ${word}, one of ${COMMAND_NAMES.join(", ")}`);
  }
  const guess = SYNONYMS.get(word.toLowerCase()) ?? nearest(word, COMMAND_NAMES);
  const hint = guess ? `did you mean "${guess}"?` : `expected one of ${COMMAND_NAMES.join(", ")}`;
  throw new UsageError(`unknown command ${JSON.stringify(word)}; ${hint}`);
}

/** Prints the error on one line and returns its exit code. */
function report(error: unknown, io: Io): number {
  if (error instanceof OutputClosed) return 141;
  if (error instanceof Interrupted) return error.exitCode;
  const log = new Log(io);
  const message = error instanceof Error ? error.message : String(error);
  if (io.env("LLAMA_DEBUG") === "1" && error instanceof Error) io.writeError((error.stack ?? message) + "\n");
  if (error instanceof LlamaError) {
    log.error(message);
    return error.exitCode;
  }
  log.error(`internal error: ${message} (LLAMA_DEBUG=1 shows where)`);
  return 1;
}
