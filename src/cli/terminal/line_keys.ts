/** Meaning of a key to the editor. */
export type KeyName =
  | "enter"
  | "end of input"
  | "interrupt"
  | "clear"
  | "left"
  | "right"
  | "word left"
  | "word right"
  | "home"
  | "end"
  | "up"
  | "down"
  | "backspace"
  | "delete"
  | "delete word"
  | "delete to start"
  | "delete to end";

/** A pressed key, or typed or pasted text. */
export type Key = { readonly key: KeyName } | { readonly text: string };

const CONTROLS: Readonly<Record<string, KeyName>> = {
  "\r": "enter",
  "\n": "enter",
  "\x01": "home",
  "\x02": "left",
  "\x03": "interrupt",
  "\x04": "end of input",
  "\x05": "end",
  "\x06": "right",
  "\x08": "backspace",
  "\x0b": "delete to end",
  "\x0c": "clear",
  "\x0e": "down",
  "\x10": "up",
  "\x15": "delete to start",
  "\x17": "delete word",
  "\x7f": "backspace",
};

/** Sequences after the escape character. */
const ESCAPES: Readonly<Record<string, KeyName>> = {
  "[A": "up",
  "[B": "down",
  "[C": "right",
  "[D": "left",
  "[H": "home",
  "[F": "end",
  "OA": "up",
  "OB": "down",
  "OC": "right",
  "OD": "left",
  "OH": "home",
  "OF": "end",
  "[1~": "home",
  "[7~": "home",
  "[4~": "end",
  "[8~": "end",
  "[3~": "delete",
  "[1;5C": "word right",
  "[1;5D": "word left",
  "[1;3C": "word right",
  "[1;3D": "word left",
  "f": "word right",
  "b": "word left",
  "\x7f": "delete word",
};

const PASTE_END = "\x1b[201~";
// deno-lint-ignore no-control-regex
const ESCAPE = /^\x1b(\[[0-9;:<=>?]*[ -\/]*[@-~]|O[ -~]|[^\[O])/s;
// deno-lint-ignore no-control-regex
const TEXT = /^[^\x00-\x1f\x7f]+|^\t/;

/** Parses a terminal's bytes into keys; joins sequences that arrive in pieces. */
export class KeyReader {
  readonly #decoder = new TextDecoder();
  #pending = "";
  /** Text of an unfinished paste. */
  #paste: string | undefined;

  /** Returns the keys that `bytes` complete; keeps an incomplete sequence for the next call. */
  read(bytes: Uint8Array): Key[] {
    this.#pending += this.#decoder.decode(bytes, { stream: true });
    const keys: Key[] = [];
    while (this.#pending !== "") {
      const before = this.#pending;
      const key = this.#paste === undefined ? this.#key() : this.#pasted();
      if (key) keys.push(key);
      else if (this.#pending === before) break;
    }
    return keys;
  }

  #take(count: number): string {
    const taken = this.#pending.slice(0, count);
    this.#pending = this.#pending.slice(count);
    return taken;
  }

  /** The next key; undefined if it is incomplete or has no meaning. */
  #key(): Key | undefined {
    const text = this.#pending.match(TEXT);
    if (text) return { text: this.#take(text[0].length) };
    if (this.#pending[0] === "\x1b") {
      const escape = this.#pending.match(ESCAPE);
      if (!escape) return undefined;
      this.#take(escape[0].length);
      if (escape[1] === "[200~") this.#paste = "";
      // Alt+Enter: a line break within the line.
      if (escape[1] === "\r") return { text: "\n" };
      const key = ESCAPES[escape[1]];
      return key && { key };
    }
    const key = CONTROLS[this.#take(1)];
    return key && { key };
  }

  /** A paste as one text, without control characters except line breaks and tabs. */
  #pasted(): Key | undefined {
    const end = this.#pending.indexOf(PASTE_END);
    // The end mark may arrive in pieces.
    this.#paste += this.#take(end >= 0 ? end : Math.max(0, this.#pending.length - PASTE_END.length + 1));
    if (end < 0) return undefined;
    this.#take(PASTE_END.length);
    // deno-lint-ignore no-control-regex
    const text = this.#paste!.replace(/\r\n?/g, "\n").replace(/[\x00-\x08\x0b-\x1f\x7f]/g, "");
    this.#paste = undefined;
    return { text };
  }
}
