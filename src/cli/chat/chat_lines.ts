import { DataError } from "../../base/errors.ts";
import type { LineSource } from "./chat_turn.ts";
import { readable } from "../shared/input.ts";
import type { Io } from "../terminal/io.ts";
import { LineEditor } from "../terminal/line_editor.ts";
import { MAX_LINE_BYTES, splitLines } from "../terminal/lines.ts";
import { decodeUtf8 } from "../../base/utf8.ts";

/** The lines of a conversation, and whether they are typed. */
export interface ChatLines extends LineSource {
  readonly typed: boolean;
  /** Restores the terminal. */
  close(): void;
}

const PROMPT = "> ";
const MORE = "… ";

/**
 * Reads lines with the line editor if the terminal supports it, else unedited; prompts only if lines are
 * typed.
 */
export function chatLines(io: Io): ChatLines {
  if (io.stdin.kind !== "terminal") return new PlainLines(io, false);
  const term = io.env("TERM") ?? (Deno.build.os === "windows" ? "" : "dumb");
  if (!io.terminal || !io.errorIsTerminal || term === "dumb") return new PlainLines(io, true);
  const editor = new LineEditor(io, io.terminal);
  return {
    typed: true,
    next: (continued) => editor.read(continued ? MORE : PROMPT),
    close: () => editor.close(),
  };
}

class PlainLines implements ChatLines {
  readonly #io: Io;
  readonly #lines: ReturnType<typeof splitLines>;

  constructor(io: Io, readonly typed: boolean) {
    this.#io = io;
    this.#lines = splitLines(readable("stdin", io.stdin.chunks()));
  }

  async next(continued: boolean): Promise<string | undefined> {
    if (this.typed) this.#io.writeError(continued ? MORE : PROMPT);
    const { value: line, done } = await this.#lines.next();
    if (done) {
      if (this.typed) this.#io.writeError("\n");
      return undefined;
    }
    const where = `stdin, line ${line.number}`;
    if (!line.bytes) throw new DataError(`${where}: expected at most ${MAX_LINE_BYTES} bytes, got more`);
    return decodeUtf8(line.bytes, where, line.offset);
  }

  close(): void {}
}
