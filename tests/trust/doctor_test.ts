/** `llama doctor` reports no error on a correct driver, and the right ones on a broken driver. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { runMain } from "../support/cli.ts";
import { judge } from "../../src/doctor/finding.ts";
import { type Fault, withFault } from "./faults.ts";

const MODEL = fromFileUrl(new URL("../../testdata/golden/gqa_bf16", import.meta.url));

Deno.test("doctor: every kernel is right here, and says how right", async () => {
  const { code, stdout, stderr } = await runMain(["doctor", "-m", MODEL, "--json"]);
  assertEquals([code, stderr], [0, ""]);
  const report = JSON.parse(stdout);
  assertEquals([report.path, report.ok], [MODEL, true]);
  assert(report.kernels.length > 15);
  for (const { kernel, shape, worst, allowed, ok } of report.kernels) {
    assert(kernel !== "" && shape !== "" && ok && worst <= allowed, `${kernel}: ${worst} of ${allowed}`);
  }
});

/** A driver that changes shaders. */
const miscompiling =
  (...changes: readonly (readonly [from: RegExp | string, to: string])[]): Fault => (real, self) => {
    const device = self as GPUDevice;
    const module = GPUDevice.prototype.createShaderModule;
    Object.defineProperty(device, "createShaderModule", {
      configurable: true,
      value: (descriptor: GPUShaderModuleDescriptor) =>
        module.call(device, {
          ...descriptor,
          code: changes.reduce((code, [from, to]) => code.replaceAll(from, to), descriptor.code),
        }),
    });
    return real();
  };

Deno.test("doctor: a driver that computes wrongly, and one that does not compile, end with 4 and the kernel's name", async () => {
  for (
    const [fault, message] of [
      [
        miscompiling([/const SCALE = [^;]+;/g, "const SCALE = 0.3;"]),
        /[2-9] of \d+ kernels are wrong on .*attention.*off by/,
      ],
      [
        miscompiling([/const SCALE = [^;]+;/g, "const SCALE = broken;"]),
        /kernels are wrong.*attention.*: GPU kernel/,
      ],
    ] as const
  ) {
    const points = [[GPUDevice.prototype, "pushErrorScope"]] as const;
    const run = () => runMain(["doctor", "-m", MODEL]);
    const { result } = await withFault(points, 1, fault, run, { onwards: true });
    assertEquals(result.code, 4, result.stderr);
    assertMatch(result.stderr, /^llama: [^\n]+\n$/);
    assertMatch(result.stderr, message);
    assert(result.stdout.includes("WRONG") && /embed_tokens .* ok\n/.test(result.stdout), result.stdout);
  }
});

Deno.test("doctor: faults that only 4 bits, draws, beams or masks meet", async () => {
  const fault = miscompiling(
    ["& vec4u(0xfu <<", "& vec4u(0x7u <<"],
    ["0x9E3779B9u", "0x9E3779B8u"],
    ["(pair.x * KV_HEADS", "(pair.y * KV_HEADS"],
    ["score + mask[", "score - mask["],
  );
  const run = () => runMain(["doctor", "-m", MODEL, "--json"]);
  const points = [[GPUDevice.prototype, "pushErrorScope"]] as const;
  const { result } = await withFault(points, 1, fault, run, { onwards: true });
  const kernels: { kernel: string; shape: string; ok: boolean }[] = JSON.parse(result.stdout).kernels;
  const wrong = kernels.filter(({ ok }) => !ok).map(({ kernel, shape }) => `${kernel}, ${shape}`);
  const met = kernels.map(({ kernel, shape }) => `${kernel}, ${shape}`)
    .filter((what) => /int4|drawing|copy_slots|, mask$/.test(what));
  assertEquals([result.code, wrong], [4, met]);
});

Deno.test("judge: the worst place beside its bound; no number is worse than any", () => {
  const bound = (i: number) => [1, 0.1, 0][i];
  assertEquals(judge({ got: [1.5, 2, 3], want: [1, 2, 3], bound }), { worst: 0.5, allowed: 1, ok: true });
  const { ok, allowed } = judge({ got: [1.5, 2.2, 3], want: [1, 2, 3], bound });
  assertEquals([ok, allowed], [false, 0.1]);
  assertEquals(judge({ got: [1, 2, 4], want: [1, 2, 3], bound }), { worst: 1, allowed: 0, ok: false });
  assertEquals(judge({ got: [1, NaN, 3], want: [1, 2, 3], bound }), { worst: null, allowed: 0.1, ok: false });
});
