import { type Fields, REQUIRED } from "../../base/fields.ts";
import { kindOf } from "../../base/json.ts";
import { DataError } from "../../base/errors.ts";

/** One element of a template: a special token, or the whole of sequence A or B. */
export type TemplatePiece = { ids: number[]; typeId: number; sequence?: undefined } | {
  sequence: "A" | "B";
  typeId: number;
};

/** Templates for one sequence and for a pair, and whether offsets exclude surrounding spaces. */
export interface PostProcessor {
  single: TemplatePiece[];
  pair: TemplatePiece[];
  /** "afterPrefix": the first space was added and has no position in the text. */
  trimOffsets: boolean | "afterPrefix";
}

/** Adds nothing; the second sequence gets type 1. */
export const plainPostProcessor: PostProcessor = {
  single: [{ sequence: "A", typeId: 0 }],
  pair: [{ sequence: "A", typeId: 0 }, { sequence: "B", typeId: 1 }],
  trimOffsets: false,
};

/** `add_bos_token` and `add_eos_token` as a template, like LlamaTokenizerFast.update_post_processor. */
export function bosEosPostProcessor(bos: number[], eos: number[]): PostProcessor {
  const around = (sequence: "A" | "B", typeId: number): TemplatePiece[] => {
    const special = (ids: number[]): TemplatePiece[] => ids.length === 0 ? [] : [{ ids, typeId }];
    return [...special(bos), { sequence, typeId }, ...special(eos)];
  };
  return { single: around("A", 0), pair: [...around("A", 0), ...around("B", 1)], trimOffsets: false };
}

/** Builds the post-processor that a tokenizer.json section describes. @throws DataError naming an unknown type. */
export function buildPostProcessor(section: Fields): PostProcessor {
  const type = section.string("type", REQUIRED);
  switch (type) {
    case "Sequence": {
      let result = plainPostProcessor;
      for (const step of section.objects("processors").map(buildPostProcessor)) {
        const trimOffsets = result.trimOffsets || step.trimOffsets;
        result = { ...(step.single === plainPostProcessor.single ? result : step), trimOffsets };
      }
      return result;
    }
    case "ByteLevel":
      return { ...plainPostProcessor, trimOffsets: trimming(section) };
    case "TemplateProcessing":
      return template(section);
    case "BertProcessing":
    case "RobertaProcessing": {
      const cls: TemplatePiece = { ids: [namedId(section, "cls")], typeId: 0 };
      const sep = (typeId: number): TemplatePiece => ({ ids: [namedId(section, "sep")], typeId });
      const a: TemplatePiece = { sequence: "A", typeId: 0 };
      const roberta = type === "RobertaProcessing";
      const tail: TemplatePiece[] = roberta
        ? [sep(0), { sequence: "B", typeId: 0 }, sep(0)]
        : [{ sequence: "B", typeId: 1 }, sep(1)];
      const trimOffsets = roberta && trimming(section);
      return { single: [cls, a, sep(0)], pair: [cls, a, sep(0), ...tail], trimOffsets };
    }
    default:
      return section.refuse("type", "a known post-processor");
  }
}

function trimming(section: Fields): boolean | "afterPrefix" {
  const prefix = section.boolean("add_prefix_space", null) ?? true;
  return (section.boolean("trim_offsets", null) ?? true) && (prefix ? "afterPrefix" : true);
}

function namedId(section: Fields, name: string): number {
  const pair = section.array(name);
  const id = pair[1];
  if (pair.length !== 2 || typeof id !== "number" || !Number.isInteger(id) || id < 0) {
    section.refuse(name, "[token, id]");
  }
  return id;
}

function template(section: Fields): PostProcessor {
  const special = section.given("special_tokens") ? section.object("special_tokens") : undefined;
  const read = (name: string): TemplatePiece[] =>
    section.objects(name).map((piece): TemplatePiece => {
      if (piece.given("Sequence")) {
        const part = piece.object("Sequence");
        return {
          sequence: part.choice("id", ["A", "B"], REQUIRED),
          typeId: part.integer("type_id", REQUIRED, { min: 0, max: 0xffffffff }),
        };
      }
      const part = piece.object("SpecialToken");
      const token = part.string("id", REQUIRED);
      if (!special?.given(token)) return part.refuse("id", "a token of special_tokens");
      const ids = special.object(token).array("ids");
      for (const id of ids) {
        if (typeof id !== "number" || !Number.isInteger(id) || id < 0) {
          throw new DataError(`${special.path(token)}.ids: expected ids, got ${kindOf(ids)}`);
        }
      }
      return { ids: ids as number[], typeId: part.integer("type_id", REQUIRED, { min: 0, max: 0xffffffff }) };
    });
  const single = read("single");
  const pair = section.given("pair") ? read("pair") : plainPostProcessor.pair;
  if (single.some((piece) => piece.sequence === "B")) section.refuse("single", "no sequence B");
  return { single, pair, trimOffsets: false };
}
