import type { GenerationOptions } from "../../generate/options/types.ts";
import type { Log } from "./log.ts";

/**
 * Logs, as a detail, the invalid sampling options of the model's files that are ignored because do_sample is
 * false.
 */
export function tellUnfit(log: Log, { unfit, doSample }: GenerationOptions): void {
  if (doSample) return;
  for (const problem of unfit?.values() ?? []) {
    log.detail(`${problem}; ignored, as do_sample is false`);
  }
}
