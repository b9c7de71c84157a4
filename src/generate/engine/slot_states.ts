import type { Decoder } from "../decode/decoder.ts";
import type { Active } from "./active.ts";

/** State of a slot, for monitoring: no text of anyone. */
export interface SlotState {
  readonly id: number;
  readonly state: "idle" | "prompt" | "decoding";
  /** Tokens of the prompt, of which so many have run, and so many were cached. */
  readonly promptTokens: number;
  readonly doneTokens: number;
  readonly cachedTokens: number;
  readonly generatedTokens: number;
  /** Rows that the slot holds. */
  readonly heldTokens: number;
}

/** The state of each slot of a decoder. */
export function slotStates({ slots, slotTable }: Decoder, active: readonly Active[]): SlotState[] {
  return Array.from({ length: slots }, (_, id) => {
    const one = active.find(({ slot }) => slot === id);
    return {
      id,
      state: !one ? "idle" : one.isPrompt ? "prompt" : "decoding",
      promptTokens: one?.request.ids.length ?? 0,
      doneTokens: one?.done ?? 0,
      cachedTokens: one?.from ?? 0,
      generatedTokens: one?.tokens.length ?? 0,
      heldTokens: slotTable.rows(id),
    };
  });
}
