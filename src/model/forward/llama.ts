import { HIDDEN_ACTIVATIONS } from "../../checkpoint/config/activations.ts";
import type { LlamaConfig } from "../../checkpoint/config/config.ts";
import { padTo8 } from "../../gpu/matrix.ts";
import type { Plan } from "../../gpu/plan.ts";
import { attention } from "../../ops/attention.ts";
import { keepRows, rotateInto } from "../../ops/keep_kv.ts";
import { addTo, type Finish, gateTo, linear } from "../../ops/linear.ts";
import { embed } from "../../ops/embed_norm_gather.ts";
import type { Columns } from "../../ops/tuning.ts";
import type { KvBuffers } from "../kv/kv_buffers.ts";
import { activationConstants } from "../weights/learned_activation.ts";
import type { LayerWeights, LinearWeights, LlamaWeights } from "../state/state.ts";
import { headShape, type Workspace } from "../kv/workspace.ts";

/** Everything that a recorded forward reads and writes besides the weights. */
export interface ForwardContext {
  readonly config: LlamaConfig;
  readonly workspace: Workspace;
  readonly kv: KvBuffers;
  /** cos and sin by position, {@linkcode rotaryTable}. */
  readonly rotations: GPUBuffer;
  /** Tokens that a team of a linear map computes at once. */
  readonly columns: Columns;
  /** Explicit float mask, [tokens, keys]; default: causal. */
  readonly mask?: GPUBuffer;
  /**
   * Called after the embedding (0) and after each layer, to record more steps that read the hidden states.
   */
  readonly afterLayer?: (layer: number, plan: Plan) => void;
  /** Called between a layer's queries and its attention, to record more steps that read the queries. */
  readonly onAttention?: (layer: number, plan: Plan) => void;
}

/**
 * Records LlamaModel without its final norm: token embeddings (unless x already holds `embeddings`), then the
 * layers.
 */
export function llamaModel(
  plan: Plan,
  weights: LlamaWeights,
  context: ForwardContext,
  embeddings = false,
): void {
  const { workspace, afterLayer } = context;
  if (!embeddings) {
    embed(plan, {
      table: weights.embedTokens,
      x: workspace.x,
      xMirror: workspace.mirrors.x,
      batch: workspace.batch,
      tokens: () => workspace.count,
    });
  }
  afterLayer?.(0, plan);
  weights.layers.forEach((layer, i) => {
    decoderLayer(plan, layer, i, context);
    afterLayer?.(i + 1, plan);
  });
}

/** x += attention(norm(x)); x += mlp(norm(x)). */
function decoderLayer(plan: Plan, layer: LayerWeights, i: number, context: ForwardContext): void {
  llamaAttention(plan, layer, i, context);
  llamaMLP(plan, layer, i, context);
}

function llamaAttention(plan: Plan, layer: LayerWeights, i: number, context: ForwardContext): void {
  const { config, workspace, rotations, mask } = context;
  const { q, fresh, batch } = workspace;
  const shape = headShape(config);
  const kv = context.kv.layers[i];
  const label = `layers.${i}.self_attn`;
  project(plan, `${label}.qkv_proj`, layer.selfAttn.qkvProj, "x", context, {
    norm: layer.inputLayernorm,
    finish: rotateInto(shape, { q, kv, fresh, rotations }),
  });
  keepRows(plan, { label: `${label}.keep`, ...shape, kv, fresh, batch, tokens: () => workspace.count });
  context.onAttention?.(i, plan);
  attention(plan, { label, ...shape, workspace, kv, mask });
  project(plan, `${label}.o_proj`, layer.selfAttn.oProj, "attended", context, {
    finish: addTo(workspace.x, padTo8(config.hiddenSize), workspace.mirrors.x),
  });
}

function llamaMLP(plan: Plan, layer: LayerWeights, i: number, context: ForwardContext): void {
  const { config, workspace: { x, inner, mirrors } } = context;
  const activation = HIDDEN_ACTIVATIONS[config.hiddenAct];
  project(plan, `layers.${i}.mlp.gate_up_proj`, layer.mlp.gateUpProj, "x", context, {
    norm: layer.postAttentionLayernorm,
    finish: gateTo(
      inner,
      padTo8(config.intermediateSize),
      activation,
      activationConstants(activation, layer.mlp.activation),
      mirrors.inner,
    ),
  });
  project(plan, `layers.${i}.mlp.down_proj`, layer.mlp.downProj, "inner", context, {
    finish: addTo(x, padTo8(config.hiddenSize), mirrors.x),
  });
}

/** A linear map of the workspace's rows, with a fused input norm if given. */
function project(
  plan: Plan,
  label: string,
  { weight, bias }: LinearWeights,
  input: "x" | "attended" | "inner",
  { config, workspace, columns }: ForwardContext,
  { norm, finish }: { norm?: GPUBuffer; finish: Finish },
): void {
  linear(plan, {
    label,
    matrix: weight,
    bias,
    x: workspace[input],
    xMirror: workspace.mirrors[input],
    batch: workspace.batch,
    tokens: () => workspace.count,
    columns,
    norm: norm && { weight: norm, eps: config.rmsNormEps },
    finish,
  });
}
