import { now, since } from "../../base/clock.ts";
import { onFile, statOrNothing } from "../../checkpoint/files/files.ts";
import { quantizeCheckpoint } from "../../checkpoint/int4/int4_quantize.ts";
import { UsageError } from "../../base/errors.ts";
import type { Call } from "../shared/call.ts";
import { findModel } from "../shared/load_model.ts";
import { formatBytes, ProgressBar } from "../shared/progress.ts";

/** `llama quantize`: writes a copy of a model with its linear weights in 4 bits to a new folder. */
export async function quantize({ values, positionals, io, log, signal }: Call): Promise<number> {
  const [from, to] = positionals;
  if (positionals.length !== 2 || from === "" || to === "") {
    throw new UsageError(
      `expected two arguments, IN and OUT, got ${positionals.filter((it) => it).length || "none"}`,
    );
  }
  const model = await findModel({ io, log, signal, values: { ...values, model: from } });
  if (await realPath(model) === await realPath(to)) {
    throw new UsageError(`IN and OUT are the same, ${JSON.stringify(to)}: expected a new folder for OUT`);
  }
  const groupSize = Number(values.groupSize ?? 128);
  const bar = new ProgressBar(io, values, undefined, "quantizing");
  const clear = () => bar.clear();
  signal.addEventListener("abort", clear);
  const start = now();
  try {
    const onProgress = (done: number, total: number) => bar.update(done, total);
    const { converted, kept, bytes } = await quantizeCheckpoint(model, to, { groupSize, onProgress, signal });
    bar.clear();
    if (kept > 0) {
      log.note(
        `${kept} of ${
          converted + kept
        } linear weights stay as they are: ${groupSize} does not divide their columns`,
      );
    }
    log.detail(
      `${converted} linear weights in 4 bits, ${formatBytes(bytes.before)} became ${
        formatBytes(bytes.after)
      }, in ` +
        `${(since(start) / 1000).toFixed(1)} s`,
    );
    return 0;
  } finally {
    bar.clear();
    signal.removeEventListener("abort", clear);
  }
}

/** The path without links; undefined if it does not exist. */
async function realPath(path: string): Promise<string | undefined> {
  return await statOrNothing(path) && await onFile(path, () => Deno.realPath(path));
}
