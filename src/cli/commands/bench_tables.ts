import type { BenchReport, KernelProfile, TuningRow } from "../../generate/mod.ts";
import { sameVariant } from "../../ops/tuning.ts";
import { formatBytes } from "../shared/progress.ts";

/** Speed of each test, and the cost of a token. */
export function benchTable(path: string, report: BenchReport): string[] {
  const lines = [`${path}, ${report.dtype}, on ${report.device}`];
  for (const test of report.tests) {
    const runs = test.runs.map((run) => run.toFixed(1)).join(", ");
    lines.push(
      `${test.name.padEnd(8)}${test.tokens_per_second.toFixed(1).padStart(10)} tokens/s   (${runs})`,
    );
  }
  const generated = report.tests.find((test) => test.name.startsWith("tg"));
  const copy = report.copy_gb_per_second;
  if (generated) {
    const rate = generated.tokens_per_second * report.bytes_per_token / 1e9;
    lines.push(
      `a token   ${report.dispatches_per_token} dispatches, ${report.submits_per_token} submits, ` +
        `${formatBytes(report.bytes_per_token)} read: ${rate.toFixed(2)} GB/s, ${
          percent(rate / copy)
        } of copying`,
    );
  }
  lines.push(`copying   ${copy.toFixed(2)} GB/s`);
  if (generated) lines.push(`encoding  ${report.encode_ms_per_token.toFixed(3)} ms a token`);
  lines.push(`loading   ${report.load_ms.toFixed(0)} ms, ${report.load_gb_per_second.toFixed(2)} GB/s`);
  return lines;
}

/** Each kernel of a prompt's chunk and of a step, and their totals. */
export function profileTable(profile: readonly KernelProfile[]): string[] {
  return [...Map.groupBy(profile, ({ phase }) => phase)].flatMap(([phase, kernels]) => {
    const sum = (value: (one: KernelProfile) => number) => kernels.reduce((all, one) => all + value(one), 0);
    const [{ tokens, gb_per_second, share_of_copy }] = kernels.filter(({ bytes }) => bytes > 0);
    const ms = sum((one) => one.ms);
    const [bytes, operations] = [sum((one) => one.bytes), sum((one) => one.operations)];
    const all: KernelProfile = {
      phase,
      tokens,
      kernel: "all",
      dispatches: sum((one) => one.dispatches),
      ms,
      bytes,
      weight_bytes: sum((one) => one.weight_bytes),
      operations,
      gb_per_second: bytes / ms / 1e6,
      gflop_per_second: operations / ms / 1e6,
      share_of_copy: bytes / ms / 1e6 * share_of_copy / gb_per_second,
      share: 1,
    };
    const title = phase === "prompt" ? `a prompt's chunk of ${tokens}` : "a step";
    const head = ["dispatches", "ms", "read", "of weights", "GB/s", "of copying", "GFLOP/s", "share"];
    return ["", row([title, ...head]), ...[...kernels, all].map((one) => row(profileCells(one)))];
  });
}

function profileCells(one: KernelProfile): string[] {
  return [
    one.kernel,
    String(one.dispatches),
    one.ms.toFixed(3),
    formatBytes(one.bytes),
    one.weight_bytes > 0 ? `${(one.bytes / one.weight_bytes).toFixed(3)} ×` : "",
    one.gb_per_second.toFixed(2),
    percent(one.share_of_copy),
    one.gflop_per_second.toFixed(2),
    percent(one.share),
  ];
}

/** Each variant with its time; the chosen one is marked. */
export function tuningTable(rows: readonly TuningRow[]): string[] {
  return rows.flatMap(({ matrix, tokens, variants, chosen }) => [
    `${matrix}, ${tokens} ${tokens === 1 ? "token" : "tokens"}`,
    ...variants.map((variant, i) => {
      const { rows, threads, tileRows, tileTokens, ms } = variant;
      const notes = [
        i === 0 ? "the default" : "",
        sameVariant(variant, chosen) ? "chosen" : "",
      ].filter((note) => note !== "").join(", ");
      const time = `${ms.toFixed(3)} ms`;
      const tile = tileRows ? `tile of ${String(tileRows).padStart(3)} rows × ${tileTokens} tokens, ` : "";
      return `  ${tile}${String(rows).padStart(2)} rows a ${tile ? "thread" : "team"}, ${
        String(threads).padStart(3)
      } threads${time.padStart(14)}${notes && `   ${notes}`}`;
    }),
  ]).concat("");
}

function row([name, ...cells]: readonly string[]): string {
  return name.padEnd(26) + cells.map((cell) => cell.padStart(11)).join("");
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
