import { type AddedToken, readAddedToken } from "./text/added_tokens.ts";
import { specialNames } from "./classes.ts";
import type { SpecialValue, TokenizerConfig, TokenizerFiles } from "./config_types.ts";
import { Fields, REQUIRED } from "../base/fields.ts";
import { parseJson } from "../base/json.ts";
import { MOST_IDS } from "./tokenizer_json/tokenizer_json.ts";

/**
 * Reads the tokens named in tokenizer_config.json and, if it has no `added_tokens_decoder`, those of
 * special_tokens_map.json, which take precedence, and of added_tokens.json.
 */
export function readNamedTokens(fields: Fields, files: TokenizerFiles, config: TokenizerConfig): void {
  const isOld = !config.hasDecoder;
  const map = isOld ? readFile(files, "special_tokens_map.json") : undefined;
  for (const name of specialNames) {
    const key = `${name}_token`;
    const mapped = map?.has(key) ?? false;
    const section = mapped ? map! : fields;
    if (!section.has(key)) continue;
    config.special[name] = section.given(key) ? readSpecial(section, key, mapped ? undefined : config) : null;
  }
  const list = "additional_special_tokens";
  if (fields.given(list)) config.additionalSpecialTokens.push(...readList(fields, list, config));
  const mapped = map?.given(list) ? readList(map, list) : [];
  // A token with flags differs from the same text without flags.
  const known = new Set(config.additionalSpecialTokens);
  config.additionalSpecialTokens.push(...mapped.filter((token) => !known.has(token)));
  if (isOld) readAddedFile(files, config, mapped.at(-1));
  else readDecoderTable(fields.object("added_tokens_decoder"), config);
  if (fields.given("extra_special_tokens")) readExtra(fields, config);
}

/** Adds the added tokens of tokenizer.json, with their ids, if there is no `added_tokens_decoder`. */
export function takeJsonTokens(
  config: TokenizerConfig,
  added: readonly { id: number; token: AddedToken }[],
): void {
  if (config.hasDecoder) return;
  for (const { id, token } of added) config.addedTokens.set(id, token);
  const byText = new Map(added.map(({ token }) => [token.content, token]));
  if (config.misfiled && !byText.has(config.misfiled[0])) byText.set(...config.misfiled);
  giveFlags(config, byText);
}

/** Special tokens listed in `added_tokens_decoder` take its flags. */
export function takeDecoderFlags(config: TokenizerConfig): void {
  if (!config.hasDecoder) return;
  giveFlags(config, new Map([...config.addedTokens.values()].map((token) => [token.content, token])));
}

function giveFlags(config: TokenizerConfig, byText: ReadonlyMap<string, AddedToken>): void {
  for (const name of specialNames) {
    const value = config.special[name];
    if (value !== null && value !== undefined) config.special[name] = byText.get(contentOf(value)) ?? value;
  }
}

/** The text of a special token. */
export function contentOf(value: SpecialValue): string {
  return typeof value === "string" ? value : value.content;
}

function readFile(
  files: TokenizerFiles,
  name: Exclude<keyof TokenizerFiles, "additional_chat_templates">,
): Fields | undefined {
  const bytes = files[name];
  return bytes === undefined ? undefined : Fields.of(parseJson(bytes, name), name);
}

/** @param saved set for tokenizer_config.json, where an object counts only with the reference's type mark */
function readSpecial(fields: Fields, name: string, saved?: TokenizerConfig): SpecialValue {
  const value = fields.get(name);
  if (typeof value === "string") return value;
  if (typeof value !== "object") fields.refuse(name, "a token");
  return readWithFlags(fields.object(name), saved);
}

function readWithFlags(section: Fields, saved?: TokenizerConfig): AddedToken {
  if (saved && section.get("__type") !== "AddedToken") section.refuse("__type", '"AddedToken"');
  const token = {
    ...readAddedToken(section),
    special: true,
    normalized: section.boolean("normalized", null) ?? false,
  };
  saved?.saved.set(token, section.given("normalized") || section.given("special"));
  return token;
}

function readList(fields: Fields, name: string, saved?: TokenizerConfig): SpecialValue[] {
  return fields.array(name).map((item, index) =>
    typeof item === "string" ? item : readWithFlags(Fields.of(item, `${fields.path(name)}[${index}]`), saved)
  );
}

/** Model-specific names of additional special tokens; some tools write an empty list for none. */
function readExtra(fields: Fields, config: TokenizerConfig): void {
  if (Array.isArray(fields.get("extra_special_tokens"))) return;
  const extra = fields.object("extra_special_tokens");
  for (const name of extra.keys()) {
    config.extraSpecialTokens.push(readSpecial(extra, name, config));
    config.extraNames.push(name);
  }
}

function readDecoderTable(table: Fields, config: TokenizerConfig): void {
  for (const key of table.keys()) {
    const id = Number(key);
    if (!/^\d+$/.test(key) || id > MOST_IDS) table.refuse(key, `an id from 0 to ${MOST_IDS} as the key`);
    config.addedTokens.set(id, readAddedToken(table.object(key)));
  }
}

/** @param last the last additional special token of special_tokens_map.json */
function readAddedFile(
  files: TokenizerFiles,
  config: TokenizerConfig,
  last: SpecialValue | undefined,
): void {
  const added = readFile(files, "added_tokens.json");
  if (added === undefined) return;
  // At this point the reference has not read tokens with flags from tokenizer_config.json.
  const isText = (value: SpecialValue | null): value is SpecialValue =>
    value !== null && (typeof value === "string" || !config.saved.has(value));
  const values = [...Object.values(config.special), ...config.additionalSpecialTokens];
  const special = new Set(values.filter(isText).map(contentOf));
  const flags = { lstrip: false, rstrip: false, singleWord: false };
  for (const content of added.keys()) {
    const isSpecial = special.has(content);
    const token = { content, special: isSpecial, normalized: !isSpecial, ...flags };
    config.addedTokens.set(added.integer(content, REQUIRED, { min: 0, max: MOST_IDS }), token);
    // A bug of the reference: it files each under the text of the last one, and special tokens then use it.
    if (last !== undefined) config.misfiled = [contentOf(last), token];
  }
}
