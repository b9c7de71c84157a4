/** Every golden case through the public classes must match transformers. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import {
  type Cache,
  LlamaForCausalLM,
  LlamaForQuestionAnswering,
  LlamaForSequenceClassification,
  LlamaForTokenClassification,
  LlamaModel,
  Tensor,
} from "../../mod.ts";
import {
  type Call,
  GOLDEN,
  goldenCases,
  readExpected,
  type Tensor as Golden,
  unpack,
} from "../../../tests/support/golden.ts";

const CLASSES = {
  LlamaForCausalLM,
  LlamaForQuestionAnswering,
  LlamaForSequenceClassification,
  LlamaForTokenClassification,
  LlamaModel,
};

/** Outputs of any class. */
interface Answer {
  loss?: number;
  logits?: Tensor;
  lastHiddenState?: Tensor;
  startLogits?: Tensor;
  endLogits?: Tensor;
  hiddenStates?: readonly Tensor[];
  attentions?: readonly Tensor[];
  pastKeyValues?: Cache;
}

/**
 * The contract's bound: no number differs by more than 1e-3 of the largest, and the direction is the same.
 */
async function assertClose(got: Tensor | undefined, golden: Golden, what: string) {
  if (!got) throw new Error(`${what} is missing`);
  assertEquals(got.shape, golden.shape, `${what}: shape`);
  const [values, want] = [await got.data(), unpack(golden)];
  let [largest, worst, dot, gotSquares, wantSquares] = [0, 0, 0, 0, 0];
  want.forEach((value, i) => {
    largest = Math.max(largest, Math.abs(value));
    const off = Math.abs(values[i] - value);
    worst = Number.isNaN(off) ? NaN : Math.max(worst, off);
    dot += values[i] * value;
    gotSquares += values[i] ** 2;
    wantSquares += value ** 2;
  });
  assert(worst <= 1e-3 * largest, `${what}: off by ${worst}, largest ${largest}`);
  if (wantSquares > 0) {
    const cosine = dot / Math.sqrt(gotSquares * wantSquares);
    assert(cosine > 0.99999, `${what}: cosine ${cosine}`);
  }
}

const tensorOf = (golden: Golden) => Tensor.from(new Float32Array(unpack(golden)), golden.shape);

// deno-lint-ignore no-explicit-any
const inputsOf = ({ inputs }: Call, past?: Cache): any => ({
  ...inputs,
  inputsEmbeds: inputs.inputsEmbeds && tensorOf(inputs.inputsEmbeds),
  attentionMask: inputs.attentionMask && !Array.isArray(inputs.attentionMask)
    ? tensorOf(inputs.attentionMask)
    : inputs.attentionMask,
  pastKeyValues: past,
});

/** In order of computation, so that the first failure is where results diverge. */
async function assertAnswer(got: Answer, { outputs }: Call) {
  for (const [layer, want] of outputs.hiddenStates?.entries() ?? []) {
    await assertClose(got.hiddenStates?.[layer], want, `hiddenStates ${layer}`);
    const weights = outputs.attentions?.[layer];
    if (weights) await assertClose(got.attentions?.[layer], weights, `attentions ${layer}`);
    const cache = outputs.cache?.[layer];
    if (!cache) continue;
    await assertClose(got.pastKeyValues?.layers[layer].keys, cache.keys, `keys ${layer}`);
    await assertClose(got.pastKeyValues?.layers[layer].values, cache.values, `values ${layer}`);
  }
  for (const [layer, want] of outputs.attentions?.entries() ?? []) {
    await assertClose(got.attentions?.[layer], want, `attentions ${layer}`);
  }
  for (const name of ["lastHiddenState", "logits", "startLogits", "endLogits"] as const) {
    const want = outputs[name];
    if (want) await assertClose(got[name], want, name);
  }
  if (outputs.loss === undefined) assertEquals(got.loss, undefined);
  else assertAlmostEquals(got.loss!, outputs.loss, 1e-3 * Math.max(1, outputs.loss), "loss");
}

async function assertSequences(model: LlamaForCausalLM, call: Call) {
  const got = await model.generate(inputsOf(call));
  call.outputs.sequences!.forEach((want, row) => {
    const step = want.findIndex((token, i) => got[row][i] !== token) - call.inputs.inputIds![row].length;
    assertEquals(got[row], want, `row ${row}: the first other token is number ${step}`);
  });
}

Deno.test("golden cases through the public classes", async (test) => {
  const folderOf = (name: string) => fromFileUrl(new URL(`${name}/`, GOLDEN));
  // Opened first and closed last: all others use its device.
  const host = await LlamaModel.fromPretrained(folderOf("model"));
  try {
    for (const name of goldenCases()) {
      await test.step(name, async () => {
        const expected = await readExpected(name);
        const type = CLASSES[expected.class as keyof typeof CLASSES];
        const model = await type.fromPretrained(folderOf(name), { device: host, kvCache: "float32" });
        let past: Cache | undefined;
        try {
          for (const [index, call] of expected.calls.entries()) {
            if (call.method === "generate") {
              await assertSequences(model as LlamaForCausalLM, call);
              continue;
            }
            const got: Answer = await model.forward({
              ...inputsOf(call, call.continues ? past : undefined),
              outputHiddenStates: call.outputs.hiddenStates !== undefined,
              outputAttentions: call.outputs.attentions !== undefined,
            }).catch((error: Error) => {
              throw new Error(`call ${index}: ${error.message}`, { cause: error });
            });
            await assertAnswer(got, call);
            if (got.pastKeyValues !== past) past?.dispose();
            past = got.pastKeyValues;
          }
        } finally {
          past?.dispose();
          model.dispose();
        }
      });
    }
  } finally {
    host.dispose();
  }
});
