import { assertAlmostEquals, assertEquals } from "@std/assert";
import { ACTIVATIONS } from "./activation.ts";
import { argmax } from "./argmax.ts";
import { forward, type ForwardInput, type ForwardOutput, type ReferenceConfig } from "./forward.ts";
import { linear } from "./linear.ts";
import { binaryCrossEntropy, causalLoss, crossEntropy, meanSquaredError, spanLoss } from "./loss.ts";
import { ropeParameters } from "./rope.ts";
import { penalizeRepetition, sampleDistribution } from "./sampler.ts";
import {
  assertNear,
  type Call,
  GOLDEN,
  goldenCases,
  readExpected,
  type Tensor,
  unpack,
} from "../../tests/support/golden.ts";
import { readCheckpoint } from "../../tests/support/safetensors.ts";

type Config = ReferenceConfig & {
  num_labels?: number;
  id2label?: Record<string, string>;
  pad_token_id?: number | null;
  eos_token_id: number;
  problem_type?: string;
};

interface Model {
  config: Config;
  weights: Map<string, Float64Array>;
}

const chunk = (x: Float64Array, parts: number) =>
  Array.from({ length: parts }, (_, i) => x.subarray(i * x.length / parts, (i + 1) * x.length / parts));

/** [batch][length, heads, headDim] to transformers' [batch, heads, length, headDim]. */
function headsFirst(rows: Float64Array[], { shape: [, heads, length, headDim] }: Tensor): Float64Array {
  return Float64Array.from(rows.flatMap((row) => {
    const at = (head: number, token: number) => (token * heads + head) * headDim;
    return Array.from({ length: heads * length }, (_, i) => {
      const from = at(Math.floor(i / length), i % length);
      return [...row.subarray(from, from + headDim)];
    }).flat();
  }));
}

function toInput({ inputs }: Call, past?: ForwardOutput): ForwardInput {
  const { inputIds, inputsEmbeds, attentionMask, positionIds } = inputs;
  const is2d = Array.isArray(attentionMask);
  return {
    inputIds,
    inputsEmbeds: inputsEmbeds && chunk(unpack(inputsEmbeds), inputsEmbeds.shape[0]),
    attentionMask: is2d ? attentionMask : undefined,
    floatMask: attentionMask && !is2d ? chunk(unpack(attentionMask), attentionMask.shape[0]) : undefined,
    positionIds,
    useCache: inputs.useCache,
    past: past?.cache,
  };
}

/** Applies a head to the last hidden state: [batch, tokens, size]. */
function project({ weights, config }: Model, out: ForwardOutput, name: string, size: number): Float64Array {
  const { batch, tokens, lastHiddenState } = out;
  const bias = weights.get(`${name}.bias`);
  return linear(
    lastHiddenState,
    weights.get(`${name}.weight`)!,
    bias,
    batch * tokens,
    config.hidden_size,
    size,
  );
}

/** Logits (and loss) of each class, as in transformers. */
function answer(
  kind: string,
  model: Model,
  call: Call,
  out: ForwardOutput,
): Record<string, Float64Array | number> {
  const { config } = model;
  const { inputs: { inputIds, labels, logitsToKeep, startPositions, endPositions } } = call;
  const { batch, tokens } = out;
  const count = config.id2label ? Object.keys(config.id2label).length : config.num_labels ?? 2;
  const flat = (labels ?? []).flat();

  if (kind === "LlamaModel") return { lastHiddenState: out.lastHiddenState };
  if (kind === "LlamaForTokenClassification") {
    const logits = project(model, out, "score", count);
    return { logits, loss: crossEntropy(logits, flat, count) };
  }
  if (kind === "LlamaForQuestionAnswering") {
    const both = project(model, out, "qa_outputs", 2);
    const [startLogits, endLogits] = [0, 1].map((side) => both.filter((_, i) => i % 2 === side));
    const loss = startPositions && spanLoss(startLogits, endLogits, startPositions, endPositions!, tokens);
    return { startLogits, endLogits, loss: loss ?? NaN };
  }
  if (kind === "LlamaForSequenceClassification") {
    const all = project(model, out, "score", count);
    const logits = Float64Array.from(inputIds!.flatMap((ids, row) => {
      const pad = config.pad_token_id ?? undefined;
      const last = pad === undefined ? tokens - 1 : Math.max(ids.findLastIndex((id) => id !== pad), 0);
      return [...all.subarray((row * tokens + last) * count, (row * tokens + last + 1) * count)];
    }));
    const several = config.problem_type === "multi_label_classification" ||
      flat.some((label) => label % 1 !== 0);
    if (count === 1 || config.problem_type === "regression") {
      return { logits, loss: meanSquaredError(logits, flat) };
    }
    return { logits, loss: several ? binaryCrossEntropy(logits, flat) : crossEntropy(logits, flat, count) };
  }
  const rows = Array.isArray(logitsToKeep)
    ? logitsToKeep
    : [...Array(tokens).keys()].slice(-(logitsToKeep ?? 0));
  const kept = chunk(out.logits, batch).flatMap((row) => rows.map((i) => chunk(row, tokens)[i]));
  const loss = labels ? causalLoss(out.logits, labels as number[][], config.vocab_size) : NaN;
  return { logits: Float64Array.from(kept.flatMap((row) => [...row])), loss };
}

function checkForward(kind: string, model: Model, call: Call, out: ForwardOutput) {
  const { steps, hiddenStates, attentions, cache, loss } = call.outputs;
  if (steps) {
    const order = [...out.steps.keys()].filter((name) => !name.endsWith(".attentions"));
    assertEquals(Object.keys(steps).sort(), order.toSorted());
    for (const name of order) assertNear(out.steps.get(name)!, steps[name], name);
  }
  hiddenStates?.forEach((tensor, n) => assertNear(out.hiddenStates[n], tensor, `hiddenStates ${n}`));
  attentions?.forEach((tensor, n) => assertNear(out.attentions[n], tensor, `attentions ${n}`));
  cache?.forEach(({ keys, values }, n) => {
    assertNear(headsFirst(out.cache[n].keys, keys), keys, `keys ${n}`);
    assertNear(headsFirst(out.cache[n].values, values), values, `values ${n}`);
  });
  const got = answer(kind, model, call, out);
  for (const name of ["logits", "startLogits", "endLogits", "lastHiddenState"] as const) {
    const tensor = call.outputs[name];
    if (tensor) assertNear(got[name] as Float64Array, tensor, name);
  }
  if (loss !== undefined) assertAlmostEquals(got.loss as number, loss, 1e-5 * Math.max(1, loss));
}

/** Greedy continuation of one row without padding, one cached step per token. */
function continueGreedily({ weights, config }: Model, prompt: number[], inputs: Call["inputs"]): number[] {
  const { maxNewTokens = 0, minNewTokens = 0, repetitionPenalty = 1, eosTokenId = [config.eos_token_id] } =
    inputs;
  const ids = prompt.slice();
  let out = forward(weights, config, { inputIds: [ids] });
  for (let made = 0; made < maxNewTokens; made++) {
    const scores = penalizeRepetition(out.logits.slice(-config.vocab_size), ids, repetitionPenalty);
    if (made < minNewTokens) eosTokenId.forEach((id) => scores[id] = -Infinity);
    const [next] = argmax(scores, 1, config.vocab_size);
    ids.push(next);
    if (eosTokenId.includes(next)) break;
    out = forward(weights, config, { inputIds: [[next]], past: out.cache });
  }
  return ids.slice(prompt.length);
}

function checkGenerate(model: Model, { inputs, outputs }: Call) {
  // Without a mask, generate treats every pad token (that is not an end token) as padding.
  const pad = inputs.padTokenId!;
  const mask = inputs.attentionMask as number[][] ??
    inputs.inputIds!.map((ids) => ids.map((id) => id === pad ? 0 : 1));
  inputs.inputIds!.forEach((row, index) => {
    const prompt = row.filter((_, i) => mask[index][i] !== 0);
    const got = continueGreedily(model, prompt, inputs);
    const want = outputs.sequences![index].slice(row.length);
    assertEquals([...got, ...Array(want.length - got.length).fill(pad)], want, `row ${index}`);
  });
}

for (const name of goldenCases()) {
  Deno.test(`golden ${name}`, async () => {
    const folder = new URL(`${name}/`, GOLDEN);
    const config: Config = JSON.parse(await Deno.readTextFile(new URL("config.json", folder)));
    const expected = await readExpected(name);
    const model = { config, weights: await readCheckpoint(folder) };
    let past: ForwardOutput | undefined;
    for (const call of expected.calls) {
      if (call.method === "generate") {
        checkGenerate(model, call);
        continue;
      }
      past = forward(model.weights, config, toInput(call, call.continues ? past : undefined));
      checkForward(expected.class, model, call, past);
    }
  });
}

const readTable = async (name: string) =>
  JSON.parse(await Deno.readTextFile(new URL(`${name}.json`, GOLDEN)));

Deno.test("golden activations", async () => {
  const { x, y }: { x: number[]; y: Record<string, number[]> } = await readTable("activations");
  assertEquals(Object.keys(y).sort(), Object.keys(ACTIVATIONS).sort());
  for (const [name, values] of Object.entries(y)) {
    values.forEach((want, i) =>
      assertAlmostEquals(
        ACTIVATIONS[name](x[i]),
        want,
        1e-11 * Math.max(1, Math.abs(want)),
        `${name}(${x[i]})`,
      )
    );
  }
});

Deno.test("golden rope", async () => {
  for (const row of await readTable("rope")) {
    const got = ropeParameters(row.config, row.length);
    const what = `${JSON.stringify(row.config.rope_scaling)} at ${row.length}`;
    // Equal up to an occasional last bit: torch's float32 pow is not always correctly rounded.
    unpack(row.inverseFrequencies).forEach((want, i) =>
      assertAlmostEquals(got.inverseFrequencies[i], want, want * 2 ** -22, what)
    );
    assertAlmostEquals(got.attentionScaling, row.attentionScaling, 1e-12, what);
  }
});

Deno.test("golden sampler", async () => {
  for (const { logits, options, previous, probabilities } of await readTable("sampler")) {
    const got = sampleDistribution(Float64Array.from(logits), options, previous);
    probabilities.forEach((want: number, id: number) =>
      assertAlmostEquals(got[id], want, 1e-12, `${JSON.stringify(options)}: token ${id}`)
    );
  }
});
