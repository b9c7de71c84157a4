import { DataError } from "../base/errors.ts";

/** The part of a tokenizer that names ids. */
interface Vocabulary {
  readonly length: number;
  readonly allSpecialIds: readonly number[];
  tokenOf(id: number): string | undefined;
}

/** Token of an id, or tokens of ids. @throws DataError for an id outside the vocabulary */
export function idsToTokens(
  vocabulary: Vocabulary,
  ids: number | readonly number[],
  options: { skipSpecialTokens?: boolean },
): string | string[] {
  const one = (id: number): string => {
    const token = vocabulary.tokenOf(id);
    if (token !== undefined) return token;
    throw new DataError(
      `tokenizer: expected an id of the vocabulary (${vocabulary.length} tokens), got ${id}`,
    );
  };
  if (typeof ids === "number") return one(ids);
  const special = new Set(options.skipSpecialTokens ? vocabulary.allSpecialIds : []);
  return ids.filter((id) => !special.has(id)).map(one);
}
