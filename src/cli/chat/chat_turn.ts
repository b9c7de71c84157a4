/** Where the lines of a conversation come from. */
export interface LineSource {
  /**
   * The next line, without its line break; undefined at the end of the input.
   * @param continued whether it goes on with a turn that is begun
   */
  next(continued: boolean): Promise<string | undefined>;
}

/** What the user says to the model, or to the program. */
export interface Turn {
  readonly kind: "message" | "command";
  readonly text: string;
}

const BLOCK = '"""';

/**
 * Reads one turn: a line; lines that each end in a backslash and one more; or what stands between two `"""`. A line
 * that begins with a slash is a command, with two a message that begins with one. Blank lines are passed over.
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

/** The rest of a block; one that is never closed ends with the input. */
async function readBlock(first: string, lines: LineSource): Promise<string> {
  const parts: string[] = [];
  for (let line: string | undefined = first; line !== undefined; line = await lines.next(true)) {
    const closed = line.trimEnd().endsWith(BLOCK);
    parts.push(closed ? line.trimEnd().slice(0, -BLOCK.length) : line);
    if (closed) break;
  }
  // The line breaks beside the quotes belong to them.
  if (parts[0] === "") parts.shift();
  if (parts.at(-1) === "") parts.pop();
  return parts.join("\n");
}

/** A line, and those after it as long as each ends in a backslash; two of them are two backslashes. */
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
