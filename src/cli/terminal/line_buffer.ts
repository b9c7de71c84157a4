import type { KeyName } from "./line_keys.ts";
import { graphemes, widthOf } from "./text_width.ts";

/** A line being edited: its characters and the cursor. */
export class LineBuffer {
  #characters: string[] = [];
  #cursor = 0;

  get text(): string {
    return this.#characters.join("");
  }

  /** Replaces the line; moves the cursor to its end. */
  set text(text: string) {
    this.#characters = graphemes(text);
    this.#cursor = this.#characters.length;
  }

  /** Inserts text at the cursor; a combining accent joins the character before it. */
  insert(text: string): void {
    const before = graphemes(this.#characters.slice(0, this.#cursor).join("") + text);
    this.#characters = [...before, ...this.#characters.slice(this.#cursor)];
    this.#cursor = before.length;
  }

  /** Moves the cursor or deletes; other keys change nothing. */
  edit(key: KeyName): void {
    const { length } = this.#characters;
    switch (key) {
      case "left":
        return this.#move(this.#cursor - 1);
      case "right":
        return this.#move(this.#cursor + 1);
      case "word left":
        return this.#move(this.#wordStart());
      case "word right":
        return this.#move(this.#wordEnd());
      case "home":
        return this.#move(0);
      case "end":
        return this.#move(length);
      case "backspace":
        return this.#delete(this.#cursor - 1, this.#cursor);
      case "delete":
        return this.#delete(this.#cursor, this.#cursor + 1);
      case "delete word":
        return this.#delete(this.#wordStart(), this.#cursor);
      case "delete to start":
        return this.#delete(0, this.#cursor);
      case "delete to end":
        return this.#delete(this.#cursor, length);
    }
  }

  #move(to: number): void {
    this.#cursor = Math.min(Math.max(to, 0), this.#characters.length);
  }

  #delete(from: number, to: number): void {
    from = Math.max(from, 0);
    this.#characters.splice(from, to - from);
    this.#cursor = from;
  }

  #wordStart(): number {
    let at = this.#cursor;
    while (at > 0 && isBlank(this.#characters[at - 1])) at--;
    while (at > 0 && !isBlank(this.#characters[at - 1])) at--;
    return at;
  }

  #wordEnd(): number {
    let at = this.#cursor;
    const { length } = this.#characters;
    while (at < length && isBlank(this.#characters[at])) at++;
    while (at < length && !isBlank(this.#characters[at])) at++;
    return at;
  }

  /** The terminal rows that show a prompt and the line, and the cell of the cursor. */
  layout(prompt: string, columns: number): { rows: string[]; cursorRow: number; cursorColumn: number } {
    const rows = [""];
    let column = 0;
    let cursor = { row: 0, column: 0 };
    const put = (shown: string) => {
      const width = widthOf(shown);
      if (column + width > columns) {
        rows.push("");
        column = 0;
      }
      rows[rows.length - 1] += shown;
      column += width;
    };
    const here = () => {
      // The position after a row's last cell is the first cell of the next row.
      if (column === columns) {
        rows.push("");
        column = 0;
      }
      return { row: rows.length - 1, column };
    };
    for (const character of graphemes(prompt)) put(character);
    this.#characters.forEach((character, i) => {
      if (i === this.#cursor) cursor = here();
      put(character.includes("\n") ? "⏎" : character === "\t" ? " " : character);
    });
    if (this.#cursor === this.#characters.length) cursor = here();
    return { rows, cursorRow: cursor.row, cursorColumn: cursor.column };
  }
}

function isBlank(character: string): boolean {
  return character.trim() === "";
}
