import { DataError } from "../../base/errors.ts";

/**
 * Rejects invalid sampling options in a model's files if tokens are sampled and the call does not override
 * them.
 * @param unfit errors by option name
 * @param asked the options that the call sets itself
 * @throws DataError with the first error
 */
export function requireFit(
  unfit: ReadonlyMap<string, string> | undefined,
  asked: Readonly<Record<string, unknown>>,
): void {
  for (const [name, problem] of unfit ?? []) {
    if (asked[name] === undefined) throw new DataError(problem);
  }
}
