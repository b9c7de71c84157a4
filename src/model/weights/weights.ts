import { HIDDEN_ACTIVATIONS } from "../../checkpoint/config/activations.ts";
import type { LlamaConfig } from "../../checkpoint/config/config.ts";
import type { Int4Source } from "../../checkpoint/int4/int4_source.ts";
import type { Checkpoint } from "../../checkpoint/tensors/types.ts";
import type { Gpu } from "../../gpu/gpu.ts";
import { freeMatrix, type Matrix, type StorageDtype } from "../../gpu/matrix.ts";
import type { LayerWeights, LinearWeights, LlamaWeights } from "../state/state.ts";
import { Finder } from "./finder.ts";
import { type LearnedNumbers, learnedNumbers } from "./learned_activation.ts";
import type { Band, RowSource } from "./pieces.ts";
import { Uploader } from "./upload.ts";

/** A head to load: its name in the checkpoint, its rows, and its bias flag. */
export interface HeadSpec {
  readonly name: "lm_head" | "score" | "qa_outputs";
  readonly rows: number;
  readonly bias: boolean;
}

/** The head of a causal model. */
export function causalHead(config: LlamaConfig): HeadSpec[] {
  return [{ name: "lm_head", rows: config.vocabSize, bias: false }];
}

/** Options for loading weights. */
export interface LoadOptions {
  readonly dtype: StorageDtype | "auto";
  readonly heads: readonly HeadSpec[];
  /** 4-bit rows of a module by its checkpoint name, if stored or quantized in 4 bits. */
  readonly int4?: (module: string) => Int4Source | undefined;
  readonly signal?: AbortSignal;
  /** Work that can be done in steps with allocated but unfilled weights, see {@link Uploader.run}. */
  readonly meanwhile?: (weights: LlamaWeights) => Iterator<unknown>;
}

/** Loads a Llama's weights. @throws as {@link allocateWeights} does, and errors of reading */
export async function loadWeights(...args: Parameters<typeof allocateWeights>): Promise<LlamaWeights> {
  const { weights, upload } = await allocateWeights(...args);
  await upload.run(args[3].meanwhile?.(weights));
  return weights;
}

/**
 * Allocates a Llama's weights.
 * @returns the weights, still zero, and the uploader that fills them
 * @throws DataError that lists missing tensors, or names one whose shape disagrees with the config;
 * EnvironmentError if the device has no room
 */
export async function allocateWeights(
  gpu: Gpu,
  checkpoint: Checkpoint,
  config: LlamaConfig,
  options: LoadOptions,
): Promise<{ weights: LlamaWeights; upload: Uploader }> {
  const find = new Finder(checkpoint, options.int4);
  const up = new Uploader(gpu, checkpoint, options.dtype, options.signal);
  const { hiddenSize: hidden, intermediateSize: inner, headDim, numAttentionHeads: heads } = config;
  const kvHeads = config.numKeyValueHeads;

  const names = layerTensors(config).map(({ name, shape }) => find.rows(name, shape));
  const embed = find.get("model.embed_tokens.weight", [config.vocabSize, hidden]);
  const norm = find.get("model.norm.weight", [hidden]);
  const tops = options.heads.map((head) => {
    const tied = head.name === "lm_head" && config.tieWordEmbeddings;
    return {
      ...head,
      weight: tied ? undefined : find.rows(`${head.name}.weight`, [head.rows, hidden]),
      offset: head.bias ? find.get(`${head.name}.bias`, [head.rows]) : undefined,
    };
  });
  find.throwIfMissing();

  const byName = new Map(layerTensors(config).map(({ name }, i) => [name, names[i]!]));
  const embedTokens = up.matrix("embed_tokens", whole(embed!));
  const layers: LayerWeights[] = [];
  const readActivation = async (layer: number): Promise<LearnedNumbers> => {
    const numbers = new Map<string, number>();
    for (const { name, shape, initial } of learnedNumbers(HIDDEN_ACTIVATIONS[config.hiddenAct])) {
      const tensor = find.optional(`model.layers.${layer}.mlp.act_fn.${name}`, shape);
      numbers.set(name, tensor ? (await up.floats(tensor, 0, 1))[0] : initial);
    }
    return numbers;
  };
  for (let i = 0; i < config.numHiddenLayers; i++) {
    const tensor = (name: string) => byName.get(`model.layers.${i}.${name}`)!;
    const linear = (name: string, bands: (suffix: string) => Band[], bias: boolean) => ({
      weight: up.matrix(`layers.${i}.${name}`, bands("weight")),
      bias: bias ? up.vector(`layers.${i}.${name} bias`, bands("bias")) : undefined,
    });
    layers.push({
      inputLayernorm: up.vector(`layers.${i}.input_layernorm`, whole(tensor("input_layernorm.weight"))),
      selfAttn: {
        qkvProj: linear("qkv_proj", (suffix) => [
          ...rotaryPairs(tensor(`self_attn.q_proj.${suffix}`), heads, headDim),
          ...rotaryPairs(tensor(`self_attn.k_proj.${suffix}`), kvHeads, headDim),
          ...rotaryPairs(tensor(`self_attn.v_proj.${suffix}`), kvHeads, headDim),
        ], config.attentionBias),
        oProj: linear(
          "o_proj",
          (suffix) => whole(tensor(`self_attn.o_proj.${suffix}`)),
          config.attentionBias,
        ),
      },
      postAttentionLayernorm: up.vector(
        `layers.${i}.post_attention_layernorm`,
        whole(tensor("post_attention_layernorm.weight")),
      ),
      mlp: {
        gateUpProj: linear("gate_up_proj", (suffix) => [{
          count: inner,
          runs: [
            { source: tensor(`mlp.gate_proj.${suffix}`), row: 0 },
            { source: tensor(`mlp.up_proj.${suffix}`), row: 0 },
          ],
        }], config.mlpBias),
        downProj: linear(
          "down_proj",
          (suffix) => whole(tensor(`mlp.down_proj.${suffix}`)),
          config.mlpBias,
        ),
        activation: await readActivation(i),
      },
    });
  }
  const top: Record<string, LinearWeights> = {};
  for (const { name, weight, offset } of tops) {
    top[name] = {
      weight: weight ? up.matrix(name, whole(weight)) : embedTokens,
      bias: offset ? up.vector(`${name} bias`, whole(offset)) : undefined,
    };
  }
  const weights = { embedTokens, layers, norm: up.vector("norm", whole(norm!)), heads: top };
  return { weights, upload: up };
}

/** Every linear map, heads last. */
function linearsOf(weights: LlamaWeights): LinearWeights[] {
  const ofLayers = weights.layers.flatMap(({ selfAttn, mlp }) => [
    selfAttn.qkvProj,
    selfAttn.oProj,
    mlp.gateUpProj,
    mlp.downProj,
  ]);
  return [...ofLayers, ...Object.values(weights.heads)];
}

/** Every matrix, without duplicates. */
export function matricesOf(weights: LlamaWeights): Matrix[] {
  return [...new Set([weights.embedTokens, ...linearsOf(weights).map(({ weight }) => weight)])];
}

/** Frees every resource once. */
export function freeWeights(gpu: Gpu, weights: LlamaWeights): void {
  const vectors = [
    weights.norm,
    ...weights.layers.flatMap((layer) => [layer.inputLayernorm, layer.postAttentionLayernorm]),
    ...linearsOf(weights).map(({ bias }) => bias),
  ];
  for (const matrix of matricesOf(weights)) freeMatrix(gpu, matrix);
  for (const vector of vectors) if (vector) gpu.free(vector);
}

/** Names and shapes of all layer tensors in transformers. */
function layerTensors(config: LlamaConfig): { name: string; shape: number[] }[] {
  const { hiddenSize: hidden, intermediateSize: inner } = config;
  const q = config.numAttentionHeads * config.headDim;
  const kv = config.numKeyValueHeads * config.headDim;
  const linears: [string, number, number, boolean][] = [
    ["self_attn.q_proj", q, hidden, config.attentionBias],
    ["self_attn.k_proj", kv, hidden, config.attentionBias],
    ["self_attn.v_proj", kv, hidden, config.attentionBias],
    ["self_attn.o_proj", hidden, q, config.attentionBias],
    ["mlp.gate_proj", inner, hidden, config.mlpBias],
    ["mlp.up_proj", inner, hidden, config.mlpBias],
    ["mlp.down_proj", hidden, inner, config.mlpBias],
  ];
  return Array.from({ length: config.numHiddenLayers }, (_, i) => [
    ...linears.flatMap(([name, rows, columns, bias]) => [
      { name: `model.layers.${i}.${name}.weight`, shape: [rows, columns] },
      ...(bias ? [{ name: `model.layers.${i}.${name}.bias`, shape: [rows] }] : []),
    ]),
    { name: `model.layers.${i}.input_layernorm.weight`, shape: [hidden] },
    { name: `model.layers.${i}.post_attention_layernorm.weight`, shape: [hidden] },
  ]).flat();
}

/** Names and shapes of all tensors of a model with these heads, under the names of a causal model. */
export function modelTensors(
  config: LlamaConfig,
  heads: readonly HeadSpec[],
): { name: string; shape: number[] }[] {
  const { hiddenSize: hidden } = config;
  return [
    { name: "model.embed_tokens.weight", shape: [config.vocabSize, hidden] },
    ...layerTensors(config),
    { name: "model.norm.weight", shape: [hidden] },
    ...heads.flatMap(({ name, rows, bias }) => [
      ...(name === "lm_head" && config.tieWordEmbeddings
        ? []
        : [{ name: `${name}.weight`, shape: [rows, hidden] }]),
      ...(bias ? [{ name: `${name}.bias`, shape: [rows] }] : []),
    ]),
  ];
}

/** A tensor in its own row order. */
function whole(source: RowSource): Band[] {
  return [{ count: source.shape[0], runs: [{ source, row: 0 }] }];
}

/** Interleaves the rows that rotate together. */
function rotaryPairs(source: RowSource, heads: number, headDim: number): Band[] {
  const half = headDim / 2;
  return Array.from({ length: heads }, (_, head) => ({
    count: half,
    runs: [{ source, row: head * headDim }, { source, row: head * headDim + half }],
  }));
}
