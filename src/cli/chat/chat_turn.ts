/** Source of a conversation's lines. */
export interface LineSource {
  /**
   * The next line, without its line break; undefined at the end of the input.
   * @param continued true if the line continues a turn
   */
  next(continued: boolean): Promise<string | undefined>;
}

/** A message to the model, or a command to the program. */
export interface Turn {
  readonly kind: "message" | "command";
  readonly text: string;
}

const BLOCK = '"""';

/**
 * Reads one turn: a line; several lines, each but the last ending in a backslash; or the text between two
 * `"""`. A line that begins with one slash is a command; with two, a message that begins with one. Blank
 * lines are skipped.
 * @returns undefined at the end of the input
 */
export async function readTurn(lines: LineSource): Promise<Turn | undefined> {
  for (;;) {
    const line = await lines.next(false);
    if (line === undefined) return undefined;
    if (line.trimStart().startsWith(BLOCK)) {
      const text = await readBlock(line.trimStart().slice(BLOCK.length), lines);
      if (text.trim() !== "") return { kind: "message", text };
      continue;
    }
    const text = await readContinued(line, lines);
    if (text.trim() === "") continue;
    if (!text.startsWith("/")) return { kind: "message", text };
    return text.startsWith("//") ? { kind: "message", text: text.slice(1) } : { kind: "command", text };
  }
}

/** The rest of a block; an unclosed block ends with the input. */
async function readBlock(first: string, lines: LineSource): Promise<string> {
  const parts: string[] = [];
  for (let line: string | undefined = first; line !== undefined; line = await lines.next(true)) {
    const closed = line.trimEnd().endsWith(BLOCK);
    parts.push(closed ? line.trimEnd().slice(0, -BLOCK.length) : line);
    if (closed) break;
  }
  // The line breaks next to the quotes belong to them.
  if (parts[0] === "") parts.shift();
  if (parts.at(-1) === "") parts.pop();
  return parts.join("\n");
}

/**
 * A line and its continuations, each line but the last ending in a backslash; two backslashes are literal.
 */
async function readContinued(first: string, lines: LineSource): Promise<string> {
  const parts = [first];
  while (/(^|[^\\])(\\\\)*\\$/.test(parts[parts.length - 1])) {
    parts[parts.length - 1] = parts[parts.length - 1].slice(0, -1);
    const next = await lines.next(true);
    if (next === undefined) break;
    parts.push(next);
  }
  return parts.join("\n");
}
