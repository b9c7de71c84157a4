import { DataError, UsageError } from "../base/errors.ts";
import type { Constraint } from "../constraint/constraint.ts";
import { LlamaTokenizerFast } from "../tokenizer/mod.ts";
import type { GenerateCall } from "./generate_call.ts";
import { type Constrain, constrainer } from "./sampling/constrainer.ts";

/** Holds the answers of `generate` calls to languages; what a tokenizer needs is made once. */
export class CallConstraints {
  readonly #made = new WeakMap<LlamaTokenizerFast, Constrain>();

  /** @param vocabSize number of ids that the model chooses among */
  constructor(readonly vocabSize: number) {}

  /**
   * The call with its requests held to the constraint.
   * @throws UsageError without a LlamaTokenizerFast, or with beams; DataError for a constraint that cannot be used
   */
  async hold<Call extends GenerateCall>(
    call: Call,
    constraint: Constraint,
    tokenizer: unknown,
  ): Promise<Call> {
    if (!(tokenizer instanceof LlamaTokenizerFast)) {
      throw new UsageError("generate: constraint: expected a LlamaTokenizerFast as tokenizer");
    }
    if ((call.requests[0].options.numBeams ?? 1) > 1) {
      throw new UsageError("generate: constraint: expected numBeams 1 beside it");
    }
    let constrain = this.#made.get(tokenizer);
    if (!constrain) this.#made.set(tokenizer, constrain = constrainer(tokenizer, this.vocabSize));
    try {
      const compiled = await constrain(constraint);
      return { ...call, requests: call.requests.map((request) => ({ ...request, constraint: compiled })) };
    } catch (error) {
      throw error instanceof DataError ? new DataError(`generate: constraint: ${error.message}`) : error;
    }
  }
}
