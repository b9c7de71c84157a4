import { assert, assertEquals, assertRejects } from "@std/assert";
import { fromFileUrl } from "@std/path";
import {
  LlamaForCausalLM,
  LlamaForQuestionAnswering,
  LlamaForSequenceClassification,
  LlamaForTokenClassification,
  LlamaModel,
  Tensor,
} from "../../mod.ts";

const folderOf = (name: string) => fromFileUrl(new URL(`../../../testdata/golden/${name}`, import.meta.url));

Deno.test("bad inputs of forward are named", async () => {
  const model = await LlamaForCausalLM.fromPretrained(folderOf("cache"));
  const { vocabSize, hiddenSize } = model.config;
  type Inputs = Parameters<typeof model.forward>[0];
  const inputIds = [[1, 2, 3]];
  const mask4d = (...shape: number[]) =>
    Tensor.from(new Float32Array(shape.reduce((product, n) => product * n, 1)), shape);
  const cases: [Inputs, string][] = [
    [{}, "exactly one of inputIds and inputsEmbeds"],
    [{ inputIds, inputsEmbeds: mask4d(1, 1, hiddenSize) }, "exactly one"],
    [{ inputIds: [[1, 2], [3]] }, "inputIds: row 1 has 1 numbers, row 0 2"],
    [{ inputIds: [] }, "inputIds: empty"],
    [{ inputIds: [[vocabSize]] }, `token id ${vocabSize}`],
    [{ inputIds: [[1.5]] }, "inputIds: row 0"],
    [{ inputIds: [1, 2] as unknown as number[][] }, "inputIds: expected rows"],
    [{ inputsEmbeds: mask4d(1, 2, hiddenSize + 1) }, "inputsEmbeds"],
    [{ inputIds, attentionMask: [[1, 1]] }, "attentionMask: expected shape [1, 3]"],
    [{ inputIds, attentionMask: mask4d(1, 2, 3, 3) }, "attentionMask: expected shape [1, 1, 3, 3]"],
    [{ inputIds, positionIds: [[0, 1]] }, "positionIds"],
    [{ inputIds, labels: [[1, 2]] }, "labels: expected shape [1, 3]"],
    [{ inputIds, labels: [[1, 2, vocabSize]] }, "labels"],
    [{ inputIds, labels: inputIds, logitsToKeep: 1 }, "logitsToKeep leaves 1"],
    [{ inputIds, logitsToKeep: [3] }, "logitsToKeep"],
    [{ inputIds, logitsToKeep: -1 }, "logitsToKeep"],
  ];
  try {
    for (const [inputs, message] of cases) await assertRejects(() => model.forward(inputs), Error, message);
    const { loss } = await model.forward({ inputIds, labels: [[-100, -100, -100]] });
    assert(Number.isNaN(loss), "no label counts");
    const kept = await model.forward({ inputIds: [[1, 2, 3], [4, 5, 6]], logitsToKeep: [-1, 0, 0] });
    const all = await model.forward({ inputIds: [[1, 2, 3], [4, 5, 6]] });
    assertEquals(kept.logits.shape, [2, 3, vocabSize]);
    const row = (data: Float32Array, i: number) => data.slice(i * vocabSize, (i + 1) * vocabSize);
    const [some, every] = [await kept.logits.data(), await all.logits.data()];
    [2, 0, 0, 5, 3, 3].forEach((from, i) => assertEquals(row(some, i), row(every, from)));
    assertEquals((await model.forward({ inputIds, useCache: false })).pastKeyValues, undefined);
  } finally {
    model.dispose();
  }
  await assertRejects(() => model.forward({ inputIds }), Error, "disposed");
});

Deno.test("a missing head is named, whatever else the checkpoint is", async () => {
  const folder = folderOf("cache");
  await assertRejects(() => LlamaForSequenceClassification.fromPretrained(folder), Error, "score.weight");
  await assertRejects(
    () => LlamaForTokenClassification.fromPretrained(folder),
    Error,
    "score.weight, score.bias",
  );
  await assertRejects(
    () => LlamaForQuestionAnswering.fromPretrained(folder),
    Error,
    "qa_outputs.weight, qa_outputs.bias",
  );
  await assertRejects(() => LlamaForCausalLM.fromPretrained(folderOf("model")), Error, "lm_head.weight");
});

Deno.test("classifiers need a padding token for several sequences, and labels that fit", async () => {
  const host = await LlamaModel.fromPretrained(folderOf("model"));
  const noPad = await LlamaForSequenceClassification.fromPretrained(folderOf("sequence_no_pad"), {
    device: host,
  });
  const single = await LlamaForSequenceClassification.fromPretrained(folderOf("sequence_single"), {
    device: host,
  });
  const question = await LlamaForQuestionAnswering.fromPretrained(folderOf("question"), { device: host });
  try {
    await assertRejects(() => noPad.forward({ inputIds: [[1, 2], [3, 4]] }), Error, "pad_token_id");
    const inputIds = [[1, 2]];
    await assertRejects(() => single.forward({ inputIds, labels: [0, 1] }), Error, "labels");
    await assertRejects(() => single.forward({ inputIds, labels: [99] }), Error, "labels");
    const outside = await question.forward({ inputIds, startPositions: [7], endPositions: [9] });
    assert(Number.isNaN(outside.loss), "positions behind the tokens do not count");
    const inside = await question.forward({ inputIds, startPositions: [-5], endPositions: [0] });
    assert(Number.isFinite(inside.loss), "positions before the tokens are clamped");
    await assertRejects(
      () => question.forward({ inputIds, startPositions: [1, 2], endPositions: [1] }),
      Error,
      "startPositions",
    );
    assertEquals(single.config.id2label[0].length > 0, true);
  } finally {
    for (const model of [noPad, single, question, host]) model.dispose();
  }
});
