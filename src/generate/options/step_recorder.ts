import { Tensor } from "../../gpu/tensor.ts";

/** What `generate` gives where `returnDictInGenerate` asks for it. */
export interface GenerateOutput {
  /** The rows that `generate` gives otherwise. */
  readonly sequences: number[][];
  /** With `outputScores`: for each step [rows, vocabulary], after all processors; -Infinity is a token removed. */
  readonly scores?: readonly Tensor[];
  /** With `outputLogits`: the same as the model gave them. */
  readonly logits?: readonly Tensor[];
}

/** Which of them were asked for. */
export interface StepOutputs {
  readonly scores: boolean;
  readonly logits: boolean;
}

/** Keeps what a token was chosen from. */
export type RecordStep = (logits: Float32Array, scores: Float32Array) => void;

/** What the tokens of a call were chosen from, step by step. Where a row has ended, there are zeros. */
export class StepRecorder {
  readonly #steps: Record<keyof StepOutputs, Float32Array[][]>;

  constructor(readonly rows: number, readonly vocabSize: number, readonly wanted: StepOutputs) {
    const empty = () => Array.from({ length: rows }, () => [] as Float32Array[]);
    this.#steps = { scores: empty(), logits: empty() };
  }

  /** What a row's sampler tells of each step; undefined where nobody wants to know. */
  of(row: number): RecordStep | undefined {
    const { scores, logits } = this.wanted;
    if (!scores && !logits) return undefined;
    return (given, processed) => {
      if (scores) this.#steps.scores[row].push(processed.slice());
      if (logits) this.#steps.logits[row].push(given.slice());
    };
  }

  /** Everything that was wanted, beside the sequences. */
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
