import { mayColour } from "./colours.ts";
import type { Io, Terminal } from "./io.ts";
import { LineBuffer } from "./line_buffer.ts";
import { type Key, KeyReader } from "./line_keys.ts";
import { Interrupted } from "./signals.ts";

/** Sequences that switch bracketed paste on and off. */
const PASTE_ON = "\x1b[?2004h";
const PASTE_OFF = "\x1b[?2004l";
const CLEAR_BELOW = "\x1b[J";
const CLEAR_SCREEN = "\x1b[H\x1b[2J";

/** Reads lines from a terminal with editing and a history; draws on stderr. */
export class LineEditor {
  readonly #io: Io;
  readonly #terminal: Terminal;
  readonly #keys: AsyncIterator<Key>;
  readonly #history: string[] = [];
  #buffer = new LineBuffer();
  /** The cursor's row, counted from the prompt's. */
  #row = 0;
  #open = true;
  #reading = false;

  constructor(io: Io, terminal: Terminal) {
    this.#io = io;
    this.#terminal = terminal;
    this.#keys = keysOf(io);
    terminal.raw(true);
  }

  /**
   * Reads one line.
   * @returns undefined at the end of the input: Ctrl-D on an empty line
   * @throws Interrupted if the terminal delivers Ctrl-C as a key
   */
  async read(prompt: string): Promise<string | undefined> {
    this.#buffer = new LineBuffer();
    this.#row = 0;
    const entries = [...this.#history, ""];
    let entry = entries.length - 1;
    this.#reading = true;
    this.#terminal.raw(true);
    this.#io.writeError(PASTE_ON);
    this.#draw(prompt);
    try {
      for (;;) {
        const { value, done } = await this.#keys.next();
        if (done) return undefined;
        if ("text" in value) this.#buffer.insert(value.text);
        else if (value.key === "enter") return this.#entered();
        else if (value.key === "interrupt") throw new Interrupted(130);
        else if (value.key === "end of input") {
          if (this.#buffer.text === "") return undefined;
          this.#buffer.edit("delete");
        } else if (value.key === "up" || value.key === "down") {
          const to = entry + (value.key === "up" ? -1 : 1);
          if (to < 0 || to >= entries.length) continue;
          entries[entry] = this.#buffer.text;
          entry = to;
          this.#buffer.text = entries[entry];
        } else if (value.key === "clear") {
          this.#io.writeError(CLEAR_SCREEN);
          this.#row = 0;
        } else this.#buffer.edit(value.key);
        this.#draw(prompt);
      }
    } finally {
      this.#buffer.edit("end");
      this.#draw(prompt);
      this.#leaveLine();
    }
  }

  /** Restores the terminal. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    // A signal arrives while a line is read.
    this.#leaveLine();
    this.#terminal.raw(false);
  }

  #leaveLine(): void {
    if (this.#reading) this.#io.writeError(PASTE_OFF + "\r\n");
    this.#reading = false;
    // Otherwise the next answer could not be stopped. Keys typed meanwhile are echoed.
    if (!this.#terminal.keepsSignals) this.#terminal.raw(false);
  }

  #entered(): string {
    const { text } = this.#buffer;
    if (text.trim() !== "" && text !== this.#history.at(-1)) this.#history.push(text);
    return text;
  }

  #draw(prompt: string): void {
    const { rows, cursorRow, cursorColumn } = this.#buffer.layout(prompt, this.#terminal.columns());
    const shown = rows.join("\r\n");
    // Colour the prompt only if it does not wrap.
    const painted = mayColour(this.#io) && shown.startsWith(prompt)
      ? `\x1b[1;32m${prompt}\x1b[0m${shown.slice(prompt.length)}`
      : shown;
    this.#io.writeError(
      up(this.#row) + "\r" + CLEAR_BELOW + painted + up(rows.length - 1 - cursorRow) + "\r" +
        (cursorColumn > 0 ? `\x1b[${cursorColumn}C` : ""),
    );
    this.#row = cursorRow;
  }
}

function up(rows: number): string {
  return rows > 0 ? `\x1b[${rows}A` : "";
}

async function* keysOf(io: Io): AsyncGenerator<Key> {
  const reader = new KeyReader();
  for await (const bytes of io.stdin.chunks()) yield* reader.read(bytes);
}
