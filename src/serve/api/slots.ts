import { jsonResponse } from "../http/http_server.ts";
import type { ServedModel } from "../work/served_model.ts";

/** `GET /slots`: the work of each slot, without anyone's text. */
export function slots({ scheduler }: ServedModel): Response {
  return jsonResponse(
    scheduler.stats().slots.map((slot) => ({
      id: slot.id,
      state: slot.state,
      // The name of llama.cpp's server.
      is_processing: slot.state !== "idle",
      prompt_tokens: slot.promptTokens,
      done_tokens: slot.doneTokens,
      cached_tokens: slot.cachedTokens,
      generated_tokens: slot.generatedTokens,
      held_tokens: slot.heldTokens,
    })),
  );
}
