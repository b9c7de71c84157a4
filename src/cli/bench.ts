import { UsageError } from "../errors.ts";
import { Session } from "../generate/mod.ts";
import type { Call } from "./commands.ts";
import { findModel, loadSession } from "./model.ts";
import { toJson } from "./output.ts";
import { formatBytes } from "./progress.ts";

/** `llama bench`: tokens a second for prompts and for generation, beside the measured copy bandwidth. */
export async function bench(call: Call): Promise<number> {
  const { values, positionals, out, signal } = call;
  if (positionals.length > 0) {
    throw new UsageError(`expected no argument, got ${JSON.stringify(positionals[0])}`);
  }
  const promptTokens = (values.promptTokens ?? [128, 512]).filter((count) => count > 0);
  const generateTokens = (values.generateTokens ?? [32, 128]).filter((count) => count > 0);
  if (promptTokens.length + generateTokens.length === 0) {
    throw new UsageError("-p 0 and -n 0 leave nothing to measure");
  }
  const path = await findModel(call);
  const session = await loadSession(Session, path, call);
  try {
    const context = session.config.maxPositionEmbeddings;
    const tooLong = [...promptTokens, ...generateTokens].find((count) => count > context);
    if (tooLong !== undefined) {
      // Lengths that nobody asked for are left out; one that was asked for is an error.
      const asked = [...values.promptTokens ?? [], ...values.generateTokens ?? []].find((count) =>
        count > context
      );
      if (asked !== undefined) {
        throw new UsageError(`expected at most the model's ${context} tokens, got ${asked}`);
      }
    }
    const fits = (count: number) => count <= context;
    const report = await session.bench({
      promptTokens: promptTokens.filter(fits),
      generateTokens: generateTokens.filter(fits),
      repetitions: values.repetitions ?? 3,
      signal,
    });
    if (values.json) out.line(toJson({ model: path, ...report }));
    else printTable(call, path, report);
  } finally {
    if (!signal.aborted) session.dispose();
  }
  return 0;
}

type Report = Awaited<ReturnType<Session["bench"]>>;

function printTable({ out }: Call, path: string, report: Report): void {
  out.line(`${path}, ${report.dtype}, on ${report.device}`);
  for (const test of report.tests) {
    const runs = test.runs.map((run) => run.toFixed(1)).join(", ");
    out.line(`${test.name.padEnd(8)}${test.tokens_per_second.toFixed(1).padStart(10)} tokens/s   (${runs})`);
  }
  const generated = report.tests.find((test) => test.name.startsWith("tg"));
  const copy = report.copy_gb_per_second;
  if (generated) {
    const rate = generated.tokens_per_second * report.bytes_per_token / 1e9;
    out.line(
      `a token   ${report.dispatches_per_token} dispatches, ${report.submits_per_token} submits, ` +
        `${formatBytes(report.bytes_per_token)} read: ${rate.toFixed(2)} GB/s, ${
          (100 * rate / copy).toFixed(0)
        } % of copying`,
    );
  }
  out.line(`copying   ${copy.toFixed(2)} GB/s`);
  out.line(`encoding  ${report.encode_ms_per_token.toFixed(3)} ms a token`);
  out.line(`loading   ${report.load_ms.toFixed(0)} ms, ${report.load_gb_per_second.toFixed(2)} GB/s`);
}
