import { requireFinite } from "../numbers/finite.ts";
import { logSumExp, topTokens } from "../numbers/logprobs.ts";
import { drawWithoutReplacement } from "./draw.ts";

/** Penalty added to candidates that must not be chosen (transformers' own constant). */
const BARRED = -1e9;

/** Options of a beam search; transformers' names in camelCase. */
export interface BeamOptions {
  /** Number of sequences followed at once. */
  readonly numBeams: number;
  /**
   * Exponent of the length penalty: a finished sequence's score is its log-probability divided by its length
   * to this power.
   */
  readonly lengthPenalty: number;
  /**
   * When to stop: true as soon as numBeams sequences have ended; false when no running one is likely to
   * become better; "never" only when none can.
   */
  readonly earlyStopping: boolean | "never";
  readonly maxNewTokens: number;
  readonly eosTokenIds: readonly number[];
  /** Samples candidates instead of taking the best. */
  readonly doSample: boolean;
  /** Leaves non-finite logits to the processors. */
  readonly removeInvalidValues: boolean;
}

/** Callbacks of a beam search. */
export interface BeamRules {
  /** Modifies in place the log-probabilities of the token after `ids`, prompt included. */
  process(ids: readonly number[], scores: Float32Array): void;
  /** True if new tokens end a sequence for a reason other than eosTokenIds (stop strings, time). */
  isOver(tokens: readonly number[]): boolean;
  /** Random numbers in [0, 1): the draw-th of a step. */
  uniform(step: number, draw: number): number;
}

/** A sequence of new tokens. */
export interface Beam {
  readonly tokens: readonly number[];
  /** Log-probability; length-penalized once the sequence has ended. */
  readonly score: number;
  /** The note {@linkcode BeamSearch} recorded for each token. */
  readonly notes: readonly unknown[];
}

/** A sequence to continue: its last token, and the index of the previous sequence it extends. */
export interface BeamRow {
  readonly token: number;
  readonly parent: number;
}

interface Finished extends Beam {
  readonly isFinished: boolean;
}

/**
 * Beam search over one prompt, as in transformers' `_beam_search`: it receives logits and returns the
 * sequences to continue. Scores are float32 at every step, as in transformers.
 */
export class BeamSearch {
  /** True if the results are final. */
  done = false;
  #running: Beam[];
  #finished: Finished[];
  #isImprovable = true;
  #rows: BeamRow[] = [];

  /** @param note returns the note to record for a token chosen from some logits */
  constructor(
    readonly prompt: readonly number[],
    readonly options: BeamOptions,
    readonly rules: BeamRules,
    readonly note?: (logits: Float32Array, token: number) => unknown,
  ) {
    const empty = { tokens: [], score: BARRED, notes: [], isFinished: false };
    // Only the first beam counts at the start, as all are identical.
    this.#running = Array.from(
      { length: options.numBeams },
      (_, i) => ({ ...empty, score: i === 0 ? 0 : BARRED }),
    );
    this.#finished = Array.from({ length: options.numBeams }, () => empty);
  }

  /** The sequences to continue, best first. */
  get rows(): readonly BeamRow[] {
    return this.#rows;
  }

  /** The best finished sequences so far, best first. */
  results(count: number): readonly Beam[] {
    return this.#finished.slice(0, count);
  }

  /** The running sequences, best first. */
  get running(): readonly Beam[] {
    return this.#running;
  }

  /**
   * Receives the logits after every running sequence, or after the prompt, which all share at first.
   * @throws DataError if one is not finite
   */
  advance(logits: readonly Float32Array[]): void {
    const { numBeams, eosTokenIds, maxNewTokens } = this.options;
    const vocabulary = logits[0].length;
    const made = this.#running[0].tokens.length + 1;
    const scores = this.#scores(logits, made);
    const count = Math.min(Math.max(2, 1 + eosTokenIds.length) * numBeams, scores.length);
    const picked = this.options.doSample
      ? drawWithoutReplacement(scores, count, (draw) => this.rules.uniform(made - 1, draw))
      : topTokens(scores, count);
    const candidates = picked.map((place) => {
      const parent = Math.floor(place / vocabulary);
      const token = place % vocabulary;
      const tokens = [...this.#running[parent].tokens, token];
      const hasEnded = made >= maxNewTokens || eosTokenIds.includes(token) ||
        this.rules.isOver(tokens);
      const notes = this.note
        ? [...this.#running[parent].notes, this.note(logits[parent] ?? logits[0], token)]
        : [];
      return { tokens, score: scores[place], notes, hasEnded, parent, token };
    });

    const open = Float32Array.from(candidates, ({ score, hasEnded }) => hasEnded ? score + BARRED : score);
    const chosen = topTokens(open, numBeams);
    this.#finish(candidates, made);
    this.#running = chosen.map((i) => ({ ...candidates[i], score: open[i] }));
    this.#rows = chosen.map((i) => ({ token: candidates[i].token, parent: candidates[i].parent }));
    this.#isImprovable &&= this.#mayImprove(made);
    const isFull = this.options.earlyStopping === true && this.#finished.every((one) => one.isFinished);
    this.done = !this.#isImprovable || isFull || candidates.every(({ hasEnded }) => hasEnded);
  }

  /** Log-probabilities of every sequence with every next token, [beams · vocabulary]. */
  #scores(logits: readonly Float32Array[], made: number): Float32Array {
    const vocabulary = logits[0].length;
    const all = new Float32Array(this.options.numBeams * vocabulary);
    let own = new Float32Array(0);
    this.#running.forEach(({ tokens, score }, beam) => {
      const row = logits[beam];
      if (row) {
        if (!this.options.removeInvalidValues) requireFinite(row, `generated token ${made - 1}`);
        const total = logSumExp(row);
        own = row.map((value) => value - total);
        this.rules.process([...this.prompt, ...tokens], own);
      }
      for (let token = 0; token < vocabulary; token++) all[beam * vocabulary + token] = own[token] + score;
    });
    return all;
  }

  /** Keeps the best of the finished sequences and those that end now. */
  #finish(candidates: readonly (Beam & { hasEnded: boolean })[], made: number): void {
    const { numBeams, lengthPenalty, earlyStopping } = this.options;
    const isFull = earlyStopping === true && this.#finished.every(({ isFinished }) => isFinished);
    const length = Math.fround(made ** lengthPenalty);
    // Only the best numBeams candidates may end; the others ensure that enough sequences continue.
    const ended = candidates.map(({ tokens, score, notes, hasEnded }, i): Finished => {
      const isFinished = hasEnded && i < numBeams;
      let final = Math.fround(score / length);
      for (const bars of [isFull, !this.#isImprovable, !isFinished]) {
        if (bars) final = Math.fround(final + BARRED);
      }
      return { tokens, notes, score: final, isFinished };
    });
    const all = [...this.#finished, ...ended];
    this.#finished = topTokens(Float32Array.from(all, ({ score }) => score), numBeams).map((i) => all[i]);
  }

  /** True if the best running sequence could still beat the worst finished one. */
  #mayImprove(made: number): boolean {
    const { lengthPenalty, earlyStopping, maxNewTokens } = this.options;
    const length = earlyStopping === "never" && lengthPenalty > 0 ? maxNewTokens : made;
    const best = Math.fround(this.#running[0].score / Math.fround(length ** lengthPenalty));
    const worst = this.#finished.reduce((least, { score }) => Math.min(least, score), Infinity);
    return this.#finished.some(({ isFinished }) => best > (isFinished ? worst : BARRED));
  }
}
