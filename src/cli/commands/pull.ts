import { now, since } from "../../base/clock.ts";
import { isHubId } from "../../checkpoint/files/hub_folder.ts";
import { UsageError } from "../../base/errors.ts";
import { pullModel } from "../../hub/pull.ts";
import { hubSettings } from "../../hub/settings.ts";
import type { Call } from "../shared/call.ts";
import { ProgressBar } from "../shared/progress.ts";

/** `llama pull`: downloads a model from a hub into the standard cache; prints its folder. */
export async function pull({ values, positionals, io, out, log, signal }: Call): Promise<number> {
  const [id] = positionals;
  if (positionals.length !== 1) {
    throw new UsageError(`expected one hub id (owner/name), got ${positionals.length || "no"} arguments`);
  }
  if (!isHubId(id)) throw new UsageError(`expected a hub id (owner/name), got ${JSON.stringify(id)}`);
  const settings = await hubSettings(io.env);
  const bar = new ProgressBar(io, values, undefined, "downloading");
  const clear = () => bar.clear();
  signal.addEventListener("abort", clear);
  const start = now();
  try {
    const onProgress = (done: number, total: number) => bar.update(done, total);
    const folder = await pullModel(id, { revision: values.revision, settings, onProgress, signal });
    bar.clear();
    log.detail(`pulled ${id} in ${(since(start) / 1000).toFixed(1)} s`);
    out.line(folder);
    return 0;
  } finally {
    bar.clear();
    signal.removeEventListener("abort", clear);
  }
}
