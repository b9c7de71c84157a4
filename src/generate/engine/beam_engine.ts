import { now, pause, since } from "../../base/clock.ts";
import type { LoadedModel } from "../../model/weights/load.ts";
import { capacityFor, newTokensWithin, positionsWithin } from "./admission.ts";
import { Inbox } from "./inbox.ts";
import { describeLogprobs } from "../numbers/logprobs.ts";
import type { GenerationMethod, NumberedRequest, Source } from "./method.ts";
import { processorsFor } from "../sampling/processors_for.ts";
import { RowDecoder } from "../decode/row_decoder.ts";
import type { GenerationEvent, GenerationRequest } from "../options/types.ts";
import { type Beam, BeamSearch } from "./beam_search.ts";
import { uniformAt } from "./draw.ts";
import { type Moves, reassign } from "./reassign.ts";

/** A beam search: its sequences answer the requests with these numbers, best first. */
interface BeamRequest {
  readonly request: GenerationRequest;
  readonly indices: readonly number[];
}

/** A search in progress. */
interface Active extends BeamRequest {
  readonly search: BeamSearch;
  /** Cache slot of each running sequence. */
  slots: readonly number[];
  /** Filled positions in each slot. */
  length: number;
  readonly start: number;
  promptMs: number;
}

/**
 * Runs beam searches on one model, several prompts at once if they fit into the batch. A search emits its
 * sequences when it is finished.
 */
export class BeamEngine implements GenerationMethod {
  #decoder: RowDecoder | undefined;

  constructor(
    readonly model: LoadedModel,
    readonly options: { maxLength: number; batchSize: number },
  ) {}

  /** Runs searches; all events of one are emitted together. @throws DataError */
  async *generate(
    source: Source<NumberedRequest>,
    signal?: AbortSignal | null,
  ): AsyncGenerator<GenerationEvent> {
    const inbox = new Inbox(searches(source), this.options.batchSize);
    let active: Active[] = [];
    try {
      for (;;) {
        if (active.length === 0) await inbox.wait();
        await inbox.settle();
        signal?.throwIfAborted();
        const fresh = this.#admit(inbox, active);
        for (const one of fresh) await this.#begin(one);
        active.push(...fresh);
        if (active.length === 0) {
          if (inbox.done && inbox.take() === undefined) return;
          continue;
        }
        for (const one of active) if (one.search.done) yield* finished(one);
        active = active.filter(({ search }) => !search.done);
        if (active.length > 0) await this.#step(active);
        await pause();
      }
    } finally {
      inbox.close();
    }
  }

  /** A search runs to its end. */
  cancel(): void {}

  /** Number of forwards over the current cache, prompts not counted. */
  get forwards(): number {
    return this.#decoder?.forwards ?? 0;
  }

  dispose(): void {
    this.#decoder?.dispose();
    this.#decoder = undefined;
  }

  /** Assigns slots to waiting searches while enough slots of the required size are free. */
  #admit(inbox: Inbox<BeamRequest>, active: readonly Active[]): Active[] {
    const fresh: Active[] = [];
    while (inbox.waiting > 0) {
      const one = inbox.take()!;
      const positions = positionsWithin(this.options.maxLength, one.request);
      const beams = one.request.options.numBeams ?? 1;
      if (active.length + fresh.length === 0) this.#ready(positions, beams * (1 + inbox.waiting), beams);
      const { slots, capacity } = this.#decoder!;
      const taken = new Set([...active, ...fresh].flatMap((other) => other.slots));
      const free = Array.from({ length: slots }, (_, i) => i).filter((slot) => !taken.has(slot));
      if (free.length < beams || positions > capacity) {
        inbox.putBack(one);
        break;
      }
      fresh.push({
        ...one,
        search: this.#searchFor(one.request),
        slots: free.slice(0, beams),
        length: 0,
        start: now(),
        promptMs: 0,
      });
    }
    return fresh;
  }

  /** Ensures that a large enough decoder exists; called only while no search is running. */
  #ready(positions: number, wanted: number, beams: number): void {
    const old = this.#decoder;
    const slots = Math.max(beams, Math.min(wanted, this.options.batchSize), old?.slots ?? 0);
    if (old && old.capacity >= positions && old.slots >= slots) return;
    this.dispose();
    const capacity = capacityFor(Math.max(positions, old?.capacity ?? 0), this.options.maxLength);
    this.#decoder = new RowDecoder(this.model, slots, capacity, slots);
  }

  #searchFor(request: GenerationRequest): BeamSearch {
    const { ids, row, options, sequence, isOver } = request;
    const beams = options.numBeams ?? 1;
    const processors = processorsFor(options, beams);
    const context = { promptLength: (row ?? ids).length };
    const { logprobs } = options;
    const start = now();
    const most = (options.maxTime ?? Infinity) * 1000;
    return new BeamSearch(
      row ?? ids,
      {
        numBeams: beams,
        lengthPenalty: options.lengthPenalty ?? 1,
        earlyStopping: options.earlyStopping ?? false,
        maxNewTokens: newTokensWithin(this.options.maxLength, request),
        eosTokenIds: options.eosTokenIds,
        doSample: options.doSample,
        removeInvalidValues: options.removeInvalidValues ?? false,
      },
      {
        process: (ids, scores) => processors.forEach((process) => process(ids, scores, context)),
        isOver: (tokens) => since(start) > most || (isOver?.(tokens) ?? false),
        uniform: (step, draw) => uniformAt(options.seed, step, sequence ?? 0, draw),
      },
      logprobs === undefined ? undefined : (logits, token) => describeLogprobs(logits, token, logprobs),
    );
  }

  /** Prefills a prompt for all sequences of its search. */
  async #begin(one: Active): Promise<void> {
    const { request: { ids, options }, search, slots: [first, ...others] } = one;
    if (options.maxNewTokens === 0) {
      search.done = true;
      return;
    }
    const decoder = this.#decoder!;
    const logits = await decoder.prefill(first, ids);
    decoder.copy({ pairs: others.map((slot) => [first, slot]), first: 0, end: ids.length });
    one.length = ids.length;
    search.advance([logits]);
    one.promptMs = since(one.start);
  }

  /** Runs one more token of every running sequence. */
  async #step(active: readonly Active[]): Promise<void> {
    const decoder = this.#decoder!;
    const rows = active.flatMap((one) => one.search.rows.map(({ token }) => ({ one, token })));
    const logits = await decoder.step(
      active.flatMap(({ search, slots, length }) =>
        search.rows.map(({ token }, beam) => ({ slot: slots[beam], token, position: length }))
      ),
    );
    for (const one of active) {
      const { search, request } = one;
      search.advance(logits.filter((_, row) => rows[row].one === one));
      one.length++;
      if (search.done) continue;
      const moves: Moves = reassign(one.slots, search.rows.map(({ parent }) => parent));
      // The rows before the new tokens are the same in every slot.
      decoder.copy({ pairs: moves.pairs, first: request.ids.length, end: one.length });
      one.slots = moves.slots;
    }
  }
}

function* finished({ search, request, indices, start, promptMs }: Active): Generator<GenerationEvent> {
  const timings = { promptMs, generateMs: Math.max(0, since(start) - promptMs) };
  for (const [i, { tokens, notes }] of search.results(indices.length).entries()) {
    yield {
      index: indices[i],
      tokens: [...tokens],
      ...(request.options.logprobs === undefined
        ? {}
        : { logprobs: notes as ReturnType<typeof describeLogprobs>[] }),
      finishReason: hasStopped({ tokens }, request) ? "stop" : "length",
      timings,
    };
  }
}

function hasStopped({ tokens }: Pick<Beam, "tokens">, { options, isOver }: GenerationRequest): boolean {
  return tokens.length > 0 && (options.eosTokenIds.includes(tokens.at(-1)!) || (isOver?.(tokens) ?? false));
}

/** Combines consecutive requests that share a search. */
async function* searches(source: Source<NumberedRequest>): AsyncGenerator<BeamRequest> {
  let group: NumberedRequest[] = [];
  for await (const next of source) {
    group.push(next);
    if (group.length < (group[0].request.options.numReturnSequences ?? 1)) continue;
    yield { request: group[0].request, indices: group.map(({ index }) => index) };
    group = [];
  }
}
