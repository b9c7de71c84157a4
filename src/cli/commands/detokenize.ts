import { DataError, UsageError } from "../../base/errors.ts";
import type { Call } from "../shared/call.ts";
import { openSource, readWhole, type Source } from "../shared/input.ts";
import { splitLines } from "../terminal/lines.ts";
import { needTokenizer } from "../shared/load_model.ts";
import { isRecord } from "../../base/fields.ts";
import { checkIds, parseRecord } from "../shared/record.ts";
import { decodeUtf8 } from "../../base/utf8.ts";

/** `llama detokenize`: ids in (separated by spaces or commas, or JSON), text out. */
export async function detokenize(call: Call): Promise<number> {
  const { values, out } = call;
  const tokenizer = await needTokenizer(call);
  for await (const [where, text] of idTexts(call)) {
    const ids = parseIds(text, where);
    const bad = ids.findIndex((id) => id >= tokenizer.length);
    if (bad >= 0) {
      throw new DataError(
        `${where}: id ${bad}: expected one below the vocabulary's ${tokenizer.length}, got ${ids[bad]}`,
      );
    }
    const decoded = tokenizer.decode(ids, { skipSpecialTokens: !values.parseSpecial });
    out.text(decoded.endsWith("\n") ? decoded : decoded + "\n");
    await out.drain();
  }
  return 0;
}

/** The texts that contain ids, each with its name. */
async function* idTexts({ values, positionals, io }: Call): AsyncGenerator<[string, string]> {
  if (positionals.length > 0) {
    if (values.lines || values.file !== undefined) {
      throw new UsageError(`${values.lines ? "--lines" : "-f"} reads ids from its input; drop the arguments`);
    }
    yield ["arguments", positionals.join(" ")];
    return;
  }
  const source: Source | undefined = openSource(values, io, false);
  if (!source) throw new UsageError("no ids: give them as arguments, with -f, or on stdin");
  if (!values.lines) {
    yield [source.name, await readWhole(source, undefined, "token ids")];
    return;
  }
  let empty = true;
  for await (const line of splitLines(source.chunks)) {
    const where = `${source.name}, line ${line.number}`;
    if (!line.bytes) throw new DataError(`${where}: too long`);
    yield [where, decodeUtf8(line.bytes, where, line.offset)];
    empty = false;
  }
  if (empty) throw new UsageError(`${source.name} is empty: expected token ids`);
}

/**
 * Parses ids as people and programs write them: `1 2 3`, `1,2,3`, `[1, 2, 3]`, `{"ids": [1, 2, 3]}`.
 * @throws DataError that names the first invalid id
 */
function parseIds(text: string, where: string): number[] {
  const trimmed = text.trim();
  if (/^[[{]/.test(trimmed)) {
    let value: unknown;
    try {
      value = parseRecord(trimmed);
    } catch (error) {
      throw new DataError(`${where}: ${error instanceof Error ? error.message : error}`);
    }
    const ids = isRecord(value) ? value.ids : value;
    if (!Array.isArray(ids)) {
      throw new DataError(`${where}: expected a list of token ids, or an object with "ids"`);
    }
    return checkIds(ids, `${where}: ids`);
  }
  const words = trimmed === "" ? [] : trimmed.split(/\s*,\s*|\s+/);
  const bad = words.findIndex((word) => !/^\d{1,15}$/.test(word));
  if (bad >= 0) {
    throw new DataError(
      `${where}: id ${bad}: expected a token id, got ${JSON.stringify(words[bad].slice(0, 40))}`,
    );
  }
  return words.map(Number);
}
