import { UsageError } from "../../base/errors.ts";
import { Session } from "../../generate/mod.ts";
import { compareBenches } from "./bench_compare.ts";
import { benchTable, profileTable, tuningTable } from "./bench_tables.ts";
import type { Call } from "../shared/call.ts";
import { findModel, loadSession } from "../shared/load_model.ts";
import { toJson } from "../terminal/output.ts";

/** Positions that a profile's steps need after its prompt. */
const PROFILE_ROOM = 16;
/** Prompt length of a profile if no prompt is measured. */
const PROFILE_TOKENS = 128;

/** `llama bench`: tokens per second of prompts and generation, compared with the measured copy bandwidth. */
export async function bench(call: Call): Promise<number> {
  const { values, positionals, out, signal } = call;
  if (values.compare) return await compareBenches(call);
  if (positionals.length > 0) {
    throw new UsageError(`expected no argument, got ${JSON.stringify(positionals[0])}`);
  }
  const promptTokens = (values.promptTokens ?? [128, 512]).filter((count) => count > 0);
  const generateTokens = (values.generateTokens ?? [32, 128]).filter((count) => count > 0);
  if (promptTokens.length + generateTokens.length === 0 && !values.profile && !values.tune) {
    throw new UsageError("-p 0 and -n 0 leave nothing to measure");
  }
  const path = await findModel(call);
  const session = await loadSession(Session, path, call);
  try {
    const context = session.model.config.maxPositionEmbeddings;
    const tooLong = [...promptTokens, ...generateTokens].find((count) => count > context);
    if (tooLong !== undefined) {
      // A default length that does not fit is skipped; a requested one is an error.
      const asked = [...values.promptTokens ?? [], ...values.generateTokens ?? []].find((count) =>
        count > context
      );
      if (asked !== undefined) {
        throw new UsageError(`expected at most the model's ${context} tokens, got ${asked}`);
      }
    }
    const fits = (count: number) => count <= context;
    const prompts = promptTokens.filter(fits);
    const tuning = values.tune ? await session.tune(signal) : undefined;
    const report = await session.bench({
      promptTokens: prompts,
      generateTokens: generateTokens.filter(fits),
      repetitions: values.repetitions ?? 3,
      ...(values.profile && {
        profileTokens: Math.max(
          1,
          Math.min(prompts.length > 0 ? Math.max(...prompts) : PROFILE_TOKENS, context - PROFILE_ROOM),
        ),
      }),
      signal,
    });
    if (values.json) out.line(toJson({ model: path, ...report, ...(tuning && { tuning }) }));
    else {
      for (const line of tuning ? tuningTable(tuning) : []) out.line(line);
      for (const line of benchTable(path, report)) out.line(line);
      for (const line of report.profile ? profileTable(report.profile) : []) out.line(line);
    }
  } finally {
    if (!signal.aborted) session.dispose();
  }
  return 0;
}
