import { assert, assertEquals, assertRejects } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { openCheckpoint } from "../../checkpoint/safetensors/open_checkpoint.ts";
import {
  LlamaConfig,
  LlamaForCausalLM,
  LlamaForQuestionAnswering,
  LlamaForSequenceClassification,
  LlamaForTokenClassification,
  LlamaModel,
} from "../../mod.ts";

const folderOf = (name: string) => fromFileUrl(new URL(`../../../testdata/golden/${name}`, import.meta.url));

/** Name → dtype, shape and bytes of every tensor. */
async function contentOf(folder: string): Promise<Record<string, unknown>> {
  const checkpoint = await openCheckpoint(folder);
  try {
    const content: Record<string, unknown> = {};
    for (const tensor of checkpoint.tensors.values()) {
      const bytes = new Uint8Array(tensor.bytes);
      await checkpoint.read(tensor, 0, bytes);
      content[tensor.name] = [tensor.dtype, tensor.shape, bytes];
    }
    return content;
  } finally {
    checkpoint.close();
  }
}

Deno.test("savePretrained gives back the bytes that were loaded", async () => {
  const cases = {
    act_prelu: LlamaForCausalLM,
    act_xielu: LlamaForCausalLM,
    attention_bias: LlamaForCausalLM,
    gqa_bf16: LlamaForCausalLM,
    head_dim_wider: LlamaForCausalLM,
    mha_f32: LlamaForCausalLM,
    mixed_dtypes: LlamaForCausalLM,
    mlp_bias: LlamaForCausalLM,
    model: LlamaModel,
    mqa_f16: LlamaForCausalLM,
    question: LlamaForQuestionAnswering,
    sequence_single: LlamaForSequenceClassification,
    tied: LlamaForCausalLM,
    token_labels: LlamaForTokenClassification,
  };
  const host = await LlamaModel.fromPretrained(folderOf("model"));
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, type] of Object.entries(cases)) {
      const model = await type.fromPretrained(folderOf(name), { device: host });
      await model.savePretrained(folder);
      model.dispose();
      assertEquals(await contentOf(folder), await contentOf(folderOf(name)), name);
      const [own, read] = [
        await LlamaConfig.fromPretrained(folder),
        await LlamaConfig.fromPretrained(folderOf(name)),
      ];
      assertEquals({ ...own.toJSON(), dtype: 0 }, { ...read.toJSON(), dtype: 0 }, name);
    }
  } finally {
    host.dispose();
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("savePretrained makes shards, converts, and writes generation_config.json", async () => {
  const folder = await Deno.makeTempDir();
  const source = join(folder, "source");
  let model: LlamaForCausalLM | undefined;
  try {
    model = await LlamaForCausalLM.fromPretrained(folderOf("generate"));
    await model.savePretrained(source);
    const generation = { max_new_tokens: 3, _from_model_config: true };
    await Deno.writeTextFile(join(source, "generation_config.json"), JSON.stringify(generation));
    const again = await LlamaForCausalLM.fromPretrained(source, { device: model });
    const inputs = { inputIds: [[1, 5, 9]] };
    assertEquals((await again.generate(inputs))[0].length, 6);
    const [before, after] = [await model.forward(inputs), await again.forward(inputs)];
    assertEquals(await after.logits.data(), await before.logits.data());

    const target = join(folder, "target");
    await again.savePretrained(target, { maxShardSize: 2000, dtype: "bfloat16" });
    assertEquals(JSON.parse(await Deno.readTextFile(join(target, "generation_config.json"))), generation);
    const files = [...Deno.readDirSync(target)].map(({ name }) => name);
    assert(files.includes("model.safetensors.index.json") && files.length > 4, files.join());
    const content = await contentOf(target) as Record<string, [string, number[], Uint8Array]>;
    assert(Object.values(content).every(([dtype]) => dtype === "BF16"));
    assertEquals((await LlamaConfig.fromPretrained(target)).dtype, "bfloat16");

    await assertRejects(() => again.savePretrained(target, { maxShardSize: "many" }), Error, "maxShardSize");
    again.dispose();
  } finally {
    model?.dispose();
    await Deno.remove(folder, { recursive: true });
  }
});
