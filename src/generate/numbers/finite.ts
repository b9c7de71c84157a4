import { DataError } from "../../base/errors.ts";

/**
 * Refuses logits that are no numbers, which a broken checkpoint or driver makes.
 * @param where whose they are: "prompt token 3", "label"
 * @throws DataError that names the place
 */
export function requireFinite(logits: ArrayLike<number>, where: string): void {
  for (let i = 0; i < logits.length; i++) {
    if (!Number.isFinite(logits[i])) {
      throw new DataError(`the model gave logits that are not finite, at ${where}`);
    }
  }
}
