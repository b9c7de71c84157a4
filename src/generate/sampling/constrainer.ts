import type { Constraint } from "../../constraint/constraint.ts";
import type { CompiledConstraint, Constraints } from "../../constraint/constraints.ts";
import type { LlamaTokenizerFast } from "../../tokenizer/mod.ts";

/** Compiles a constraint. @throws DataError for what is broken, not supported or too large */
export type Constrain = (constraint: Constraint) => Promise<CompiledConstraint>;

/**
 * Compiles constraints for a tokenizer's vocabulary. All of that is loaded, and the vocabulary read, when the first one
 * comes.
 * @param vocabSize number of ids that the model chooses among
 */
export function constrainer(tokenizer: LlamaTokenizerFast, vocabSize: number): Constrain {
  let constraints: Promise<Constraints> | undefined;
  const load = async () => {
    const [{ Constraints }, { tokenVocabulary }] = await Promise.all([
      import("../../constraint/constraints.ts"),
      import("./token_vocabulary.ts"),
    ]);
    return new Constraints(await tokenVocabulary(tokenizer, vocabSize));
  };
  return async (constraint) => (await (constraints ??= load())).of(constraint);
}
