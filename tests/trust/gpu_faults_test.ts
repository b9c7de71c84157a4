/**
 * Every kind of device error in the middle of a run: exit 4 with one line, and the printed output is correct.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { FakeIo, runMain } from "../support/cli.ts";
import { ALLOCATIONS, badShader, type Fault, loseDevice, noRoom, type Point, withFault } from "./faults.ts";
import { inModelFolder, RUN } from "./row.ts";

const DEFAULT_MODEL = fromFileUrl(new URL("../../testdata/default-model", import.meta.url));
const GOLDEN = fromFileUrl(new URL("../../testdata/golden/gqa_bf16/", import.meta.url));
const SUBMITS: readonly Point[] = [[GPUQueue.prototype, "submit"]];

/** A text of the built-in model, streamed. */
function story() {
  return runMain(["run", "-m", DEFAULT_MODEL, "--greedy", "-n", "24", "The sea"]);
}

/**
 * Makes submits fail, early and late, until one is after the end; the output must be a prefix of the clean
 * text.
 */
async function failSubmits(fault: Fault, message: RegExp): Promise<void> {
  const clean = await withFault(SUBMITS, 0, fault, story);
  assertEquals([clean.result.code, clean.result.stderr], [0, ""]);
  const text = clean.result.stdout;
  let [failed, printed] = [0, 0];
  for (const part of [0.3, 0.5, 0.7, 0.9]) {
    const k = Math.ceil(clean.calls * part);
    const { result: { code, stdout, stderr } } = await withFault(SUBMITS, k, fault, story);
    const said = stdout.replace(/\n$/, "");
    assert(text.startsWith(said), `submit ${k}: ${JSON.stringify(stdout)}`);
    assert(
      stdout === "" || stdout.endsWith("\n"),
      `submit ${k}: the line is ended: ${JSON.stringify(stdout)}`,
    );
    if (code === 0) continue;
    failed++;
    printed = Math.max(printed, said.length);
    assertEquals(code, 4, stderr);
    assertMatch(stderr, message);
  }
  assert(failed > 1, `${failed} runs failed`);
  assert(printed > 0, "something was printed before");
}

Deno.test("the device is lost while text comes: exit 4, and a whole beginning of the text", async () => {
  using lost = loseDevice();
  await failSubmits(lost.fault, /^llama: GPU device was lost\n$/);
});

Deno.test("an error that no scope catches while text comes: exit 4, and a whole beginning of the text", async () => {
  using last = lastDevice();
  const fault: Fault = (real) => {
    const module = last.device().createShaderModule({ code: "nonsense" });
    last.device().createComputePipeline({ layout: "auto", compute: { module } });
    return real();
  };
  await failSubmits(fault, /^llama: GPU error: [^\n]+\n$/);
});

/** The most recently opened device. */
function lastDevice(): { device(): GPUDevice } & Disposable {
  const real = GPUAdapter.prototype.requestDevice;
  let last: GPUDevice | undefined;
  GPUAdapter.prototype.requestDevice = async function (...args) {
    return last = await real.apply(this, args);
  };
  return {
    device: () => last!,
    [Symbol.dispose]: () => {
      GPUAdapter.prototype.requestDevice = real;
    },
  };
}

/** Stderr when the k-th call of the points fails, for some k. */
async function complaints(points: readonly Point[], fault: Fault, stride: number): Promise<string[]> {
  const run = () =>
    runMain(RUN.map((word) => word.replace("FOLDER", GOLDEN)), new FakeIo(['{"prompt": [1, 2]}']));
  const { calls } = await withFault(points, 0, fault, run);
  const said: string[] = [];
  for (let k = 1; k <= calls; k += stride) {
    const { result: { code, stderr } } = await withFault(points, k, fault, run);
    assertEquals(code, 4, `call ${k}`);
    said.push(stderr);
  }
  return said;
}

Deno.test("a failed allocation is reported with its purpose and bytes, a kernel with its name", async () => {
  const rooms = await complaints(ALLOCATIONS, noRoom, 6);
  for (const line of rooms) {
    assertMatch(line, /^llama: GPU out of memory: \S[^:\n]* needs [1-9]\d* bytes[^\n]*\n$/);
  }
  assert(rooms.some((line) => /memory: (model\.)?(layers|embed)/.test(line)), `tensors by name: ${rooms}`);
  const kernels = await complaints([[GPUDevice.prototype, "createShaderModule"]], badShader, 4);
  for (const line of kernels) assertMatch(line, /^llama: GPU kernel [\w. /-]+: [^\n]+\n$/);
  assert(new Set(kernels.map((line) => line.split(": ")[1])).size > 2, "each by its own name");
});

Deno.test("logits that are not finite from some token on: that token is named, the ones before are given", async () => {
  const record = '{"prompt": [1, 2], "max_new_tokens": 6}';
  const run = (folder: string) => {
    const args = ["run", "-m", folder, "--jsonl", "--json", "--greedy"];
    return runMain(args, new FakeIo([record]));
  };
  const [first, second] = JSON.parse((await run(GOLDEN)).stdout).tokens;
  assert(![1, 2, first].includes(second), "another token is made");
  // The embedding row of the second token, which is the input of the third.
  const weights = await Deno.readFile(join(GOLDEN, "model.safetensors"));
  const length = Number(new DataView(weights.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(weights.subarray(8, 8 + length)));
  const { data_offsets: [begin], shape: [, width] } = header["model.embed_tokens.weight"];
  weights.fill(0xff, 8 + length + begin + 2 * width * second, 8 + length + begin + 2 * width * (second + 1));
  await inModelFolder({ files: { "model.safetensors": weights } }, async (folder) => {
    const { code, stdout } = await run(folder);
    assertEquals(code, 3);
    assertMatch(stdout, /not finite, at generated token 2\b/);
  });
});
