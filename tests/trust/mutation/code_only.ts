/**
 * After these words a slash begins a regular expression; after other names and closing brackets it divides.
 */
const BEFORE_REGEX = /(?:^|[^\w$)\]}"'`\s]|\b(?:return|typeof|case|in|of|throw|await|yield))\s*$/;
const TOKEN = /\/\/[^\n]*|\/\*[^]*?\*\/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`|\/|[{}]/g;
const REGEX = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;
const TEMPLATE = /(?:[^`\\$]|\\[^]|\$(?!\{))*(?:`|\$\{)/y;

/**
 * The source with comments, strings, regular expressions and the texts of templates blanked out, so that
 * anything found in it, including brackets, is code. Positions are kept: every character becomes one space,
 * line breaks are kept.
 */
export function codeOnly(source: string): string {
  const pieces: string[] = [];
  /** Open braces inside each enclosing template hole. */
  const holes: number[] = [];
  let done = 0;
  const blank = (from: number, to: number) => {
    pieces.push(source.slice(done, from), source.slice(from, to).replace(/[^\n]/g, " "));
    done = to;
  };
  /** Blanks a template's text from here to its end or next hole; returns that position. */
  const template = (from: number): number => {
    TEMPLATE.lastIndex = from;
    const text = TEMPLATE.exec(source)?.[0];
    if (text === undefined) throw new Error(`a template at ${from} does not end`);
    blank(from, from + text.length);
    if (text.endsWith("${")) holes.push(0);
    return from + text.length;
  };
  TOKEN.lastIndex = 0;
  for (let match; (match = TOKEN.exec(source)) !== null;) {
    const [token] = match;
    const at = match.index;
    if (token === "{") {
      if (holes.length > 0) holes[holes.length - 1]++;
    } else if (token === "}") {
      if (holes.at(-1) === 0) {
        holes.pop();
        blank(at, at + 1);
        TOKEN.lastIndex = template(at + 1);
      } else if (holes.length > 0) holes[holes.length - 1]--;
    } else if (token === "`") {
      blank(at, at + 1);
      TOKEN.lastIndex = template(at + 1);
    } else if (token === "/") {
      REGEX.lastIndex = at;
      const before = source.slice(Math.max(0, at - 30), at);
      const regex = BEFORE_REGEX.test(before) ? REGEX.exec(source)?.[0] : undefined;
      if (regex !== undefined) blank(at, TOKEN.lastIndex = at + regex.length);
    } else blank(at, at + token.length);
  }
  pieces.push(source.slice(done));
  return pieces.join("");
}

/** Position of the bracket that closes the one at `open`. */
export function closingOf(code: string, open: number): number {
  for (let at = open, depth = 0; at < code.length; at++) {
    if ("([{".includes(code[at])) depth++;
    else if (")]}".includes(code[at]) && --depth === 0) return at;
  }
  throw new Error(`the bracket at ${open} is never closed`);
}

/** Position of the first of `symbols` outside brackets, from here on. */
export function firstOf(code: string, from: number, symbols: string): number {
  for (let at = from; at < code.length; at++) {
    if (symbols.includes(code[at])) return at;
    if ("([{".includes(code[at])) at = closingOf(code, at);
  }
  throw new Error(`none of ${symbols} behind ${from}`);
}
