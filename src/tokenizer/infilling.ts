import { DataError } from "../base/errors.ts";
import { Fields } from "../base/fields.ts";
import { kindOf } from "../base/json.ts";
import { buildNormalizer, type Normalizer } from "./tokenizer_json/normalizers.ts";
import {
  plainPostProcessor,
  type PostProcessor,
  type TemplatePiece,
} from "./tokenizer_json/post_processors.ts";

const MEMBERS = ["prefix", "middle", "suffix", "eot", "fill"] as const;

/** CodeLlama's tokens around a hole; null: none. `fill` marks the hole in a text. */
export type HoleTokens = Record<typeof MEMBERS[number], string | null>;

const DEFAULTS: HoleTokens = {
  prefix: "▁<PRE>",
  middle: "▁<MID>",
  suffix: "▁<SUF>",
  eot: "▁<EOT>",
  fill: "<FILL_ME>",
};

/** Reads the tokens from tokenizer_config.json. */
export function readHoleTokens(fields: Fields): HoleTokens {
  const tokens = { ...DEFAULTS };
  for (const name of MEMBERS) {
    const key = `${name}_token`;
    if (fields.get(key) === "") fields.refuse(key, "a text");
    if (fields.has(key)) tokens[name] = fields.string(key, null);
  }
  return tokens;
}

/** The subset that are special tokens. */
export function specialHoleTokens({ prefix, middle, suffix, eot }: HoleTokens): string[] {
  return [prefix, middle, suffix, eot].filter((token) => token !== null);
}

/** The text before a hole, and the text after it. */
export interface Cut {
  before: string;
  after: string;
}

/**
 * Cuts a text at its hole.
 *
 * @returns the text itself if it has no hole or nothing after the hole
 * @throws DataError if there are two.
 */
export function cutAtHole(text: string, { fill }: HoleTokens): string | Cut {
  if (fill === null || !text.includes(fill)) return text;
  const [before, after, ...more] = text.split(fill);
  if (more.length > 0) throw new DataError(`text: expected one ${kindOf(fill)}, got ${more.length + 1}`);
  return after === "" ? before : { before, after };
}

/** Replaces the tokenizer's normalizer: spaces become "▁", and no part gets a prefix space. */
export const holeNormalizer: Normalizer = buildNormalizer(
  Fields.of({ type: "Replace", pattern: { String: " " }, content: "▁" }, "infilling"),
);

/** The order of the parts: everything before the hole, everything after it, then its content. */
export function holePostProcessor(
  tokens: HoleTokens,
  idOf: (token: string) => number | undefined,
  { bos, eos }: { bos: number[]; eos: number[] },
): PostProcessor {
  const special = (name: "prefix" | "middle" | "suffix"): TemplatePiece => {
    const token = tokens[name];
    const id = token === null ? undefined : idOf(token);
    if (id === undefined) {
      throw new DataError(
        `tokenizer_config.json: ${name}_token: expected a token, since a text has a hole, got none`,
      );
    }
    return { ids: [id], typeId: 0 };
  };
  const a: TemplatePiece = { sequence: "A", typeId: 0 };
  const b: TemplatePiece = { sequence: "B", typeId: 0 };
  const around = (ids: number[]): TemplatePiece[] => ids.length === 0 ? [] : [{ ids, typeId: 0 }];
  const pair = [
    ...around(bos),
    special("prefix"),
    a,
    special("suffix"),
    b,
    special("middle"),
    ...around(eos),
  ];
  return { ...plainPostProcessor, pair };
}
