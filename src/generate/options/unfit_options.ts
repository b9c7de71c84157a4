import { DataError } from "../../base/errors.ts";

/**
 * Refuses invalid sampling options in a model's files, where tokens are drawn and the call does not replace them.
 * @param unfit complaints by an option's name
 * @param asked the options that a call gives itself
 * @throws DataError with the first complaint
 */
export function requireFit(
  unfit: ReadonlyMap<string, string> | undefined,
  asked: Readonly<Record<string, unknown>>,
): void {
  for (const [name, problem] of unfit ?? []) {
    if (asked[name] === undefined) throw new DataError(problem);
  }
}
