import { LlamaConfig } from "../../checkpoint/config/config.ts";
import { EnvironmentError, UsageError } from "../../base/errors.ts";
import type { Finding } from "../../doctor/finding.ts";
import { listDevices } from "../../generate/mod.ts";
import type { Call } from "../shared/call.ts";
import { deviceOf } from "../shared/device.ts";
import { findModel } from "../shared/load_model.ts";

/** `llama doctor`: compares every kernel with its float64 twin, on a model's sizes. */
export async function doctor(call: Call): Promise<number> {
  const { values, positionals, out, signal } = call;
  if (positionals.length > 0) {
    throw new UsageError(`expected no argument, got ${JSON.stringify(positionals[0])}; -m names a model`);
  }
  const path = await findModel(call, "tokenizer");
  const config = await LlamaConfig.fromPretrained(path);
  const examine = (await import("../../doctor/doctor.ts")).doctor;
  const { dtype, kvCache } = values;
  const device = deviceOf(values.device);
  const findings: Finding[] = [];
  const options = {
    dtype: dtype === "auto" ? undefined : dtype,
    kvCache: kvCache === "auto" ? undefined : kvCache,
    device,
    signal,
  };
  for await (const finding of examine(config, options)) {
    findings.push(finding);
    if (values.json) continue;
    out.line(row(finding));
    await out.drain();
  }
  const wrong = findings.filter(({ ok }) => !ok);
  const devices = await listDevices();
  const { name, description } =
    devices.find(({ index, address }) => device === (typeof device === "string" ? address : index)) ??
      devices[0] ??
      { name: "", description: "" };
  if (values.json) {
    out.json({ path, device: name, driver: description, ok: wrong.length === 0, kernels: findings });
  }
  if (wrong.length === 0) return 0;
  await out.drain();
  const [first] = wrong;
  throw new EnvironmentError(
    `${wrong.length} of ${findings.length} kernels are wrong on ${name} (${description}); ` +
      `the first: ${first.kernel} of ${first.shape}: ${
        first.problem ?? `off by ${first.worst}, at most ${first.allowed}`
      }`,
  );
}

function row({ kernel, shape, worst, allowed, ok, problem }: Finding): string {
  const error = worst === null ? "no number" : worst.toExponential(1);
  const verdict = ok ? "ok" : `WRONG${problem === undefined ? "" : `: ${problem}`}`;
  return `${kernel.padEnd(46)} ${shape.padEnd(56)} ${error.padStart(9)} of ${
    allowed.toExponential(1).padStart(7)
  }  ${verdict}`;
}
