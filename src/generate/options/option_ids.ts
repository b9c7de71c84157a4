import { DataError } from "../../base/errors.ts";
import type { GenerationOptions } from "./types.ts";

/**
 * Checks the token ids in options that modify scores.
 * @param where prefix of error messages
 * @param nameOf maps an option to its name in messages
 * @throws DataError naming the option
 */
export function checkOptionIds(
  options: GenerationOptions,
  vocabSize: number,
  where: string,
  nameOf = (name: string) => name,
): void {
  const { badWordsIds = [], sequenceBias = [], forcedBosTokenId, forcedEosTokenId = [] } = options;
  const all = {
    badWordsIds: badWordsIds.flat(),
    sequenceBias: sequenceBias.flatMap(([ids]) => ids),
    forcedBosTokenId: forcedBosTokenId === undefined ? [] : [forcedBosTokenId],
    forcedEosTokenId,
  };
  for (const [name, ids] of Object.entries(all)) {
    const bad = ids.find((id) => id >= vocabSize);
    if (bad !== undefined) {
      throw new DataError(
        `${where}${nameOf(name)}: expected ids below the vocabulary's ${vocabSize}, got ${bad}`,
      );
    }
  }
}
