import { Tensor } from "../../gpu/tensor.ts";

/** Result of `generate` with `returnDictInGenerate`. */
export interface GenerateOutput {
  /** The rows that `generate` returns otherwise. */
  readonly sequences: number[][];
  /**
   * With `outputScores`: one [rows, vocabulary] per step, after all processors; -Infinity for removed tokens.
   */
  readonly scores?: readonly Tensor[];
  /** With `outputLogits`: the same before all processors. */
  readonly logits?: readonly Tensor[];
}

/** The requested outputs. */
export interface StepOutputs {
  readonly scores: boolean;
  readonly logits: boolean;
}

/** Records the logits and scores that a token was chosen from. */
export type RecordStep = (logits: Float32Array, scores: Float32Array) => void;

/** Records the logits and scores of a call step by step. Rows that have ended are zero. */
export class StepRecorder {
  readonly #steps: Record<keyof StepOutputs, Float32Array[][]>;

  constructor(readonly rows: number, readonly vocabSize: number, readonly wanted: StepOutputs) {
    const empty = () => Array.from({ length: rows }, () => [] as Float32Array[]);
    this.#steps = { scores: empty(), logits: empty() };
  }

  /** The recorder for a row's sampler; undefined if nothing is recorded. */
  of(row: number): RecordStep | undefined {
    const { scores, logits } = this.wanted;
    if (!scores && !logits) return undefined;
    return (given, processed) => {
      if (scores) this.#steps.scores[row].push(processed.slice());
      if (logits) this.#steps.logits[row].push(given.slice());
    };
  }

  /** The recorded outputs with the sequences. */
  output(sequences: number[][]): GenerateOutput {
    return {
      sequences,
      ...(this.wanted.scores && { scores: this.#tensors("scores") }),
      ...(this.wanted.logits && { logits: this.#tensors("logits") }),
    };
  }

  #tensors(name: keyof StepOutputs): Tensor[] {
    const rows = this.#steps[name];
    const length = Math.max(...rows.map((steps) => steps.length));
    return Array.from({ length }, (_, step) => {
      const values = new Float32Array(this.rows * this.vocabSize);
      rows.forEach((steps, row) => steps[step] && values.set(steps[step], row * this.vocabSize));
      return Tensor.from(values, [this.rows, this.vocabSize]);
    });
  }
}
