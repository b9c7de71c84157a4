import { DataError } from "../base/errors.ts";
import { activation, type ActivationParameters } from "./activation.ts";
import { attention, causalMask, MASKED } from "./attention.ts";
import { embedding } from "./embedding.ts";
import { linear } from "./linear.ts";
import { rmsNorm } from "./rms_norm.ts";
import { applyRope, type RopeConfig, type RopeParameters, ropeParameters } from "./rope.ts";

/** The fields of config.json that the forward reads, under config.json's names. */
export interface ReferenceConfig extends RopeConfig {
  /** Rows of the embedding and of the head. */
  vocab_size: number;
  /** Width of the gated MLP. */
  intermediate_size: number;
  /** Decoder layers. */
  num_hidden_layers: number;
  /** Key and value heads; default: as many as query heads. */
  num_key_value_heads?: number | null;
  /** true: the embedding is the head, even if the checkpoint has a separate one. */
  tie_word_embeddings?: boolean;
  /** Name in ACTIVATIONS; default silu. */
  hidden_act?: string;
  /** Default 1e-6. */
  rms_norm_eps?: number;
}

/**
 * Every tensor of a checkpoint by its name; missing biases and a missing `lm_head.weight` (tied) are allowed.
 */
export type ReferenceWeights = ReadonlyMap<string, Float64Array>;

/** Keys (rotated) and values of one layer: for each sequence [length, keyValueHeads, headDim]. */
export interface KvLayer {
  /** [batch], rotated. */
  keys: Float64Array[];
  /** [batch] */
  values: Float64Array[];
}

/** Inputs of one call: ids or embeddings, and their masks, positions and cache. */
export interface ForwardInput {
  /** [batch][tokens] */
  inputIds?: readonly (readonly number[])[];
  /** [batch][tokens · hidden], in place of ids. */
  inputsEmbeds?: readonly Float64Array[];
  /** [batch][past + tokens], 0 for padding and holes. */
  attentionMask?: readonly (readonly number[])[];
  /** [batch][tokens · (past + tokens)], added to the scores in place of the causal mask. */
  floatMask?: readonly Float64Array[];
  /** [batch][tokens]; default: after those in the cache. */
  positionIds?: readonly (readonly number[])[];
  /**
   * false: no cache is kept, and restarting positions separate packed sequences (transformers couples the
   * two).
   */
  useCache?: boolean;
  /** The cache of an earlier call; not modified. */
  past?: readonly KvLayer[];
}

/** Results of one call. */
export interface ForwardOutput {
  /** Number of sequences. */
  batch: number;
  /** Number of tokens of this call per sequence. */
  tokens: number;
  /**
   * Every intermediate in the order of computation, [batch, tokens, size] (attentions: [batch, heads,
   * queries, keys]). `embed_tokens`; per layer `layers.N.` + `input_layernorm`, `q` and `k` (rotated), `v`,
   * `attentions`, `attention` (before o_proj), `after_attention` (with the residual),
   * `post_attention_layernorm`, `mlp_activation` (act(gate) · up), `output`; `norm`; `logits`.
   */
  steps: Map<string, Float64Array>;
  /**
   * [batch, tokens, hidden]: embeddings, the output of every layer except the last, the final norm:
   * transformers' order.
   */
  hiddenStates: Float64Array[];
  /** [batch, heads, tokens, past + tokens] for each layer. */
  attentions: Float64Array[];
  /** [batch, tokens, hidden], after the final norm. */
  lastHiddenState: Float64Array;
  /** [batch, tokens, vocabulary] */
  logits: Float64Array;
  /** Past and present keys and values of each layer, for the next call's `past`. */
  cache: KvLayer[];
}

/**
 * The whole Llama forward (modeling_llama.py) in float64.
 * @throws DataError for a missing tensor, an unknown activation or rope type
 */
export function forward(
  weights: ReferenceWeights,
  config: ReferenceConfig,
  input: ForwardInput,
): ForwardOutput {
  const { hidden_size: hidden, num_attention_heads: heads } = config;
  const { inputIds, inputsEmbeds, past } = input;
  const base = ["model.", "transformer."].find((prefix) => weights.has(`${prefix}embed_tokens.weight`)) ?? "";
  const eps = config.rms_norm_eps ?? 1e-6;
  const table = tensor(weights, `${base}embed_tokens.weight`);

  const embeddings = inputsEmbeds ?? inputIds!.map((ids) => embedding(ids, table, hidden));
  const batch = embeddings.length;
  const tokens = embeddings[0].length / hidden;
  const geometry: Geometry = {
    batch,
    tokens,
    heads,
    keyValueHeads: config.num_key_value_heads ?? heads,
    headDim: config.head_dim ?? Math.floor(hidden / heads),
  };
  const rowSize = geometry.keyValueHeads * geometry.headDim;
  const pastLength = past ? past[0].keys[0].length / rowSize : 0;
  const counted = Array.from({ length: tokens }, (_, i) => pastLength + i);
  const positions = input.positionIds ?? embeddings.map(() => counted);
  const rope = ropeParameters(config, Math.max(...positions.flat()) + 1);
  const masks = input.floatMask ??
    embeddings.map((_, b) => causalMask(tokens, pastLength + tokens, counted, input.attentionMask?.[b]));
  const packed = input.useCache === false && !past && !input.attentionMask && !input.floatMask;
  if (packed) masks.forEach((mask, b) => partPacked(mask, positions[b]));

  const steps = new Map<string, Float64Array>();
  const hiddenStates: Float64Array[] = [];
  const cache: KvLayer[] = [];
  let x = concat(embeddings);
  steps.set("embed_tokens", x);

  for (let n = 0; n < config.num_hidden_layers; n++) {
    hiddenStates.push(x);
    const layer = new Layer(weights, `${base}layers.${n}.`, `layers.${n}.`, steps, batch * tokens);
    const residual = x;
    x = layer.norm("input_layernorm", x, hidden, eps);
    const attended = selfAttention(layer, x, hidden, geometry, positions, rope, masks, past?.[n]);
    cache.push(attended.cache);
    x = layer.keep("after_attention", add(residual, attended.output));

    const mlp = feedForward(layer, layer.norm("post_attention_layernorm", x, hidden, eps), config);
    x = layer.keep("output", add(x, mlp));
  }

  x = rmsNorm(x, tensor(weights, `${base}norm.weight`), batch * tokens, hidden, eps);
  steps.set("norm", x);
  hiddenStates.push(x);
  const head = config.tie_word_embeddings ? table : weights.get("lm_head.weight") ?? table;
  const logits = linear(x, head, undefined, batch * tokens, hidden, config.vocab_size);
  steps.set("logits", logits);
  const attentions = cache.map((_, n) => steps.get(`layers.${n}.attentions`)!);
  return { batch, tokens, steps, hiddenStates, attentions, lastHiddenState: x, logits, cache };
}

/**
 * Masks, in place, positions of other packed sequences: a new one starts where positions do not increase by
 * one.
 */
function partPacked(mask: Float64Array, positions: readonly number[]) {
  let count = 0;
  const sequence = positions.map((position, i) => i && position !== positions[i - 1] + 1 ? ++count : count);
  sequence.forEach((query, i) =>
    sequence.forEach((key, j) => {
      if (key !== query) mask[i * positions.length + j] = MASKED;
    })
  );
}

interface Geometry {
  batch: number;
  tokens: number;
  heads: number;
  keyValueHeads: number;
  headDim: number;
}

/** LlamaAttention: projections, rotation, cache, attention of each sequence, output projection. */
function selfAttention(
  layer: Layer,
  x: Float64Array,
  hidden: number,
  { batch, tokens, heads, keyValueHeads, headDim }: Geometry,
  positions: readonly (readonly number[])[],
  rope: RopeParameters,
  masks: readonly Float64Array[],
  past?: KvLayer,
): { output: Float64Array; cache: KvLayer } {
  const flat = positions.flat();
  const project = (name: string, to: number) =>
    layer.linear(`self_attn.${name}_proj`, x, hidden, to * headDim);
  const q = layer.keep("q", applyRope(project("q", heads), flat, heads, headDim, rope));
  const k = layer.keep("k", applyRope(project("k", keyValueHeads), flat, keyValueHeads, headDim, rope));
  const v = layer.keep("v", project("v", keyValueHeads));

  const extend = (x: Float64Array, past?: Float64Array[]) =>
    split(x, batch).map((rows, b) => concat(past ? [past[b], rows] : [rows]));
  const cache = { keys: extend(k, past?.keys), values: extend(v, past?.values) };
  const attended = split(q, batch).map((q, b) =>
    attention({
      q,
      k: cache.keys[b],
      v: cache.values[b],
      queries: tokens,
      keys: cache.keys[b].length / (keyValueHeads * headDim),
      heads,
      keyValueHeads,
      headDim,
      mask: masks[b],
    })
  );
  layer.keep("attentions", concat(attended.map(({ weights }) => weights)));
  const output = layer.keep("attention", concat(attended.map(({ output }) => output)));
  return { output: layer.linear("self_attn.o_proj", output, heads * headDim, hidden), cache };
}

/** LlamaMLP: down(act(gate(x)) · up(x)). */
function feedForward(layer: Layer, x: Float64Array, config: ReferenceConfig): Float64Array {
  const { hidden_size: hidden, intermediate_size: size } = config;
  const act = activation(config.hidden_act ?? "silu");
  const learned = layer.activationParameters();
  const up = layer.linear("mlp.up_proj", x, hidden, size);
  const gate = layer.linear("mlp.gate_proj", x, hidden, size);
  const inner = layer.keep("mlp_activation", gate.map((value, i) => act(value, learned) * up[i]));
  return layer.linear("mlp.down_proj", inner, size, hidden);
}

/** One layer's weights by their short names, and the record of its steps. */
class Layer {
  constructor(
    readonly weights: ReferenceWeights,
    readonly prefix: string,
    readonly stepPrefix: string,
    readonly steps: Map<string, Float64Array>,
    readonly rows: number,
  ) {}

  keep(name: string, x: Float64Array): Float64Array {
    this.steps.set(this.stepPrefix + name, x);
    return x;
  }

  norm(name: string, x: Float64Array, size: number, eps: number): Float64Array {
    return this.keep(
      name,
      rmsNorm(x, tensor(this.weights, `${this.prefix}${name}.weight`), this.rows, size, eps),
    );
  }

  linear(name: string, x: Float64Array, from: number, to: number): Float64Array {
    const weight = tensor(this.weights, `${this.prefix}${name}.weight`);
    return linear(x, weight, this.weights.get(`${this.prefix}${name}.bias`), this.rows, from, to);
  }

  activationParameters(): ActivationParameters {
    const get = (name: string) => this.weights.get(`${this.prefix}mlp.act_fn.${name}`)?.[0];
    return {
      weight: get("weight"),
      alphaP: get("alpha_p"),
      alphaN: get("alpha_n"),
      beta: get("beta"),
      eps: get("eps"),
    };
  }
}

function tensor(weights: ReferenceWeights, name: string): Float64Array {
  const found = weights.get(name);
  if (!found) throw new DataError(`checkpoint: expected a tensor "${name}", got none`);
  return found;
}

const add = (a: Float64Array, b: Float64Array) => a.map((value, i) => value + b[i]);

function split(x: Float64Array, parts: number): Float64Array[] {
  const size = x.length / parts;
  return Array.from({ length: parts }, (_, i) => x.subarray(i * size, (i + 1) * size));
}

function concat(parts: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
