import { type AddedToken, readAddedToken } from "./added_tokens.ts";
import { specialNames } from "./classes.ts";
import type { SpecialValue, TokenizerConfig, TokenizerFiles } from "./config.ts";
import { Fields } from "./fields.ts";
import { parseJson } from "./json.ts";
import { MOST_IDS } from "./tokenizer_json.ts";

/**
 * Reads the tokens that tokenizer_config.json names, and unless it has an `added_tokens_decoder` those of
 * special_tokens_map.json, which win, and of added_tokens.json.
 */
export function readNamedTokens(fields: Fields, files: TokenizerFiles, config: TokenizerConfig): void {
  const isOld = !config.hasDecoder;
  const map = isOld ? readFile(files, "special_tokens_map.json") : undefined;
  for (const name of specialNames) {
    const key = `${name}_token`;
    const mapped = map?.get(key) !== undefined;
    const section = mapped ? map : fields;
    const value = section?.get(key);
    if (section === undefined || value === undefined) continue;
    config.special[name] = value === null ? null : readSpecial(section, key, !mapped);
  }
  const list = "additional_special_tokens";
  if (fields.has(list)) config.additionalSpecialTokens.push(...readList(fields, list, true));
  if (map?.has(list)) {
    const known = new Set(config.additionalSpecialTokens.map(contentOf));
    const others = readList(map, list, false).filter((token) => !known.has(contentOf(token)));
    config.additionalSpecialTokens.push(...others);
  }
  if (isOld) readAddedFile(files, config);
  else readDecoderTable(fields.object("added_tokens_decoder"), config);
  if (fields.has("extra_special_tokens")) readExtra(fields, config);
}

/** Takes the added tokens of tokenizer.json, with the ids that it gives them, where no `added_tokens_decoder` does. */
export function takeJsonTokens(
  config: TokenizerConfig,
  added: readonly { id: number; token: AddedToken }[],
): void {
  if (config.hasDecoder) return;
  for (const { id, token } of added) config.addedTokens.set(id, token);
  giveFlags(config);
}

/** Special tokens that are among the added ones have their flags. */
export function giveFlags(config: TokenizerConfig): void {
  const byContent = new Map([...config.addedTokens.values()].map((token) => [token.content, token]));
  for (const name of specialNames) {
    const value = config.special[name];
    if (value !== null && value !== undefined) {
      config.special[name] = byContent.get(contentOf(value)) ?? value;
    }
  }
}

/** The text of a special token. */
export function contentOf(value: SpecialValue): string {
  return typeof value === "string" ? value : value.content;
}

function readFile(files: TokenizerFiles, name: keyof TokenizerFiles): Fields | undefined {
  const bytes = files[name];
  return bytes === undefined ? undefined : Fields.of(parseJson(bytes, name), name);
}

/** @param marked whether an object counts only with the mark that the reference leaves where it saves a token */
function readSpecial(fields: Fields, name: string, marked: boolean): SpecialValue {
  const value = fields.get(name);
  if (typeof value === "string") return value;
  if (typeof value !== "object") fields.fail(name, "a token");
  return readMarked(fields.object(name), marked);
}

function readMarked(section: Fields, marked: boolean): SpecialValue {
  if (marked && section.get("__type") !== "AddedToken") section.fail("__type", '"AddedToken"');
  return { ...readAddedToken(section), special: true };
}

function readList(fields: Fields, name: string, marked: boolean): SpecialValue[] {
  return fields.array(name).map((item, index) =>
    typeof item === "string" ? item : readMarked(Fields.of(item, `${fields.path(name)}[${index}]`), marked)
  );
}

/** Model-specific names of further special tokens; some tools write an empty list for none. */
function readExtra(fields: Fields, config: TokenizerConfig): void {
  if (Array.isArray(fields.get("extra_special_tokens"))) return;
  const extra = fields.object("extra_special_tokens");
  for (const name of Object.keys(extra.record)) {
    config.extraSpecialTokens.push(readSpecial(extra, name, true));
  }
}

function readDecoderTable(table: Fields, config: TokenizerConfig): void {
  for (const key of Object.keys(table.record)) {
    const id = Number(key);
    if (!/^\d+$/.test(key) || id > MOST_IDS) table.fail(key, `an id from 0 to ${MOST_IDS} as the key`);
    config.addedTokens.set(id, readAddedToken(table.object(key)));
  }
}

function readAddedFile(files: TokenizerFiles, config: TokenizerConfig): void {
  const added = readFile(files, "added_tokens.json");
  if (added === undefined) return;
  const values = [...Object.values(config.special), ...config.additionalSpecialTokens];
  const special = new Set(values.filter((value) => value !== null && value !== undefined).map(contentOf));
  for (const content of Object.keys(added.record)) {
    const isSpecial = special.has(content);
    const token = {
      content,
      special: isSpecial,
      lstrip: false,
      rstrip: false,
      singleWord: false,
      normalized: !isSpecial,
    };
    config.addedTokens.set(added.integer(content, 0, MOST_IDS), token);
  }
}
