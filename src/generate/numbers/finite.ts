import { DataError } from "../../base/errors.ts";

/**
 * Rejects non-finite logits, which a broken checkpoint or driver produces.
 * @param where their origin: "prompt token 3", "label"
 * @throws DataError naming the origin
 */
export function requireFinite(logits: ArrayLike<number>, where: string): void {
  for (let i = 0; i < logits.length; i++) {
    if (!Number.isFinite(logits[i])) {
      throw new DataError(`the model gave logits that are not finite, at ${where}`);
    }
  }
}
