import { camelCase } from "../../base/names.ts";
import { HIDDEN_ACTIVATIONS } from "./activations.ts";
import { bosTokenIdOf, dtypeOf, eosTokenIdOf, headDimOf, TOKEN } from "./config_fields.ts";
import { Fields, isRecord } from "../../base/fields.ts";
import { readSmallFile } from "../files/files.ts";
import { FOREIGN_FIELDS, refuseForeign } from "./foreign_fields.ts";
import { kindOf, parseJson, writable } from "../../base/json.ts";
import { type Labels, labelsOf } from "./labels.ts";
import { locateModel } from "../files/locate.ts";
import { configPath } from "../files/model_folder.ts";
import { olderRopeForm } from "./rope_parameters.ts";
import { parseRopeScaling, type RopeScaling, ropeScalingFields } from "./rope_scaling.ts";
import type { WeightDtype } from "../tensors/types.ts";

const MAX_CONFIG_BYTES = 16 * 2 ** 20;
/** Positions are 32-bit integers on the GPU. */
const MAX_POSITIONS = 2 ** 31 - 1;

/**
 * Configuration of a Llama: the fields of transformers' LlamaConfig 4.57 with its defaults, in camelCase, validated and
 * with derived values filled in. Unknown fields are kept for {@linkcode LlamaConfig.toJSON}; fields that would change
 * the maths are refused.
 *
 * @example
 * ```ts
 * import { LlamaConfig } from "@llama/llama";
 *
 * const config = await LlamaConfig.fromPretrained("./TinyLlama");
 * console.log(config.hiddenSize, config.ropeScaling);
 * ```
 */
export class LlamaConfig {
  /** Class names of the saved model, e.g. `LlamaForCausalLM`. */
  readonly architectures: readonly string[] | null;
  /** Rows of the embedding. */
  readonly vocabSize: number;
  /** Width of the residual stream. */
  readonly hiddenSize: number;
  /** Width inside the MLP. */
  readonly intermediateSize: number;
  /** Number of decoder layers. */
  readonly numHiddenLayers: number;
  /** Number of query heads. */
  readonly numAttentionHeads: number;
  /** Divides numAttentionHeads; default: numAttentionHeads. */
  readonly numKeyValueHeads: number;
  /** Even; default: hiddenSize / numAttentionHeads. */
  readonly headDim: number;
  /** A key of HIDDEN_ACTIVATIONS. */
  readonly hiddenAct: string;
  /** Longest context that the model supports, at most 2^31 − 1. */
  readonly maxPositionEmbeddings: number;
  /** Standard deviation of random weights. */
  readonly initializerRange: number;
  /** Added to the mean square before the square root. */
  readonly rmsNormEps: number;
  /** True if a forward pass returns its keys and values by default. */
  readonly useCache: boolean;
  /** May be negative, as in some old checkpoints: then there is no padding token. */
  readonly padTokenId: number | null;
  /** Token prepended to a text; null: none. */
  readonly bosTokenId: number | null;
  /** Token or tokens that end a text; null: none. */
  readonly eosTokenId: number | readonly number[] | null;
  /** Accepted but has no effect, as in transformers 4.57. */
  readonly pretrainingTp: number;
  /** True if the head shares the embedding's weights. */
  readonly tieWordEmbeddings: boolean;
  /** Base of the rotary frequencies. */
  readonly ropeTheta: number;
  /** null: no scaling. */
  readonly ropeScaling: RopeScaling | null;
  /** True if the four attention projections have a bias. */
  readonly attentionBias: boolean;
  /** Accepted but has no effect: there is no training here. */
  readonly attentionDropout: number;
  /** True if the three MLP projections have a bias. */
  readonly mlpBias: boolean;
  /** Storage type of the saved weights; null if config.json does not set it. */
  readonly dtype: WeightDtype | null;
  /** True if a forward pass returns all hidden states by default. */
  readonly outputHiddenStates: boolean;
  /** True if a forward pass returns the attention weights by default. */
  readonly outputAttentions: boolean;
  /** Number of outputs of a classification head. */
  readonly numLabels: number;
  /** Name of each output. */
  readonly id2label: Readonly<Record<number, string>>;
  /** Output index of each name. */
  readonly label2id: Readonly<Record<string, number>>;
  /** Loss of sequence classification; null: chosen by the number and type of the labels. */
  readonly problemType: Labels["problemType"];
  /** `quantization_config`, unchanged from config.json. */
  readonly quantizationConfig: Readonly<Record<string, unknown>> | null;
  /** Unusual field values that are accepted, one line each. */
  readonly notes: readonly string[];

  readonly #ropeScalingFields: Record<string, unknown> | null;
  readonly #labels: Labels;
  readonly #others: Record<string, unknown>;

  private constructor(given: Map<string, unknown>, where: string) {
    const { values, name } = olderRopeForm(given, where);
    const fields = new Fields(values, where);
    refuseForeign(fields);
    this.architectures = fields.strings("architectures", null);
    this.vocabSize = fields.integer("vocab_size", 32000);
    this.hiddenSize = fields.integer("hidden_size", 4096, { max: 2 ** 20 });
    this.intermediateSize = fields.integer("intermediate_size", 11008);
    this.numHiddenLayers = fields.integer("num_hidden_layers", 32, { max: 10_000 });
    this.numAttentionHeads = fields.integer("num_attention_heads", 32, { max: 2 ** 16 });
    this.numKeyValueHeads = fields.integer("num_key_value_heads", null, { max: 2 ** 16 }) ??
      this.numAttentionHeads;
    if (this.numAttentionHeads % this.numKeyValueHeads !== 0) {
      fields.fail(
        "num_key_value_heads",
        `expected a divisor of num_attention_heads (${this.numAttentionHeads}), got ${this.numKeyValueHeads}`,
      );
    }
    this.headDim = headDimOf(fields, this.hiddenSize, this.numAttentionHeads);
    this.hiddenAct = fields.string("hidden_act", "silu");
    if (!Object.hasOwn(HIDDEN_ACTIVATIONS, this.hiddenAct)) {
      fields.fail(
        "hidden_act",
        `expected one of ${Object.keys(HIDDEN_ACTIVATIONS).join(", ")}, got ${kindOf(this.hiddenAct)}`,
      );
    }
    this.maxPositionEmbeddings = fields.integer("max_position_embeddings", 2048, {
      max: Number.MAX_SAFE_INTEGER,
    });
    if (this.maxPositionEmbeddings > MAX_POSITIONS) {
      const bytes = BigInt(this.cacheBytesPerToken) * BigInt(this.maxPositionEmbeddings);
      fields.fail(
        "max_position_embeddings",
        `expected at most ${MAX_POSITIONS}, got ${this.maxPositionEmbeddings} (its cache needs ${bytes} bytes)`,
      );
    }
    this.initializerRange = fields.unused(0.02, () => fields.number("initializer_range", 0.02, { min: 0 }));
    this.rmsNormEps = fields.number("rms_norm_eps", 1e-6, { min: 0 });
    this.useCache = fields.boolean("use_cache", true);
    this.padTokenId = fields.integer("pad_token_id", null, TOKEN);
    this.bosTokenId = bosTokenIdOf(fields, values.get("bos_token_id"));
    this.eosTokenId = eosTokenIdOf(fields, values.get("eos_token_id"));
    this.pretrainingTp = fields.unused(1, () => fields.integer("pretraining_tp", 1));
    this.tieWordEmbeddings = fields.boolean("tie_word_embeddings", false);
    this.ropeTheta = fields.number("rope_theta", 10000, { min: Number.MIN_VALUE });
    const scaling = fields.record("rope_scaling");
    this.#ropeScalingFields = scaling && ropeScalingFields(scaling);
    this.ropeScaling = this.#ropeScalingFields && parseRopeScaling(
      this.#ropeScalingFields,
      {
        headDim: this.headDim,
        maxPositionEmbeddings: this.maxPositionEmbeddings,
        ropeTheta: this.ropeTheta,
        originalMaxPositionEmbeddings: fields.integer("original_max_position_embeddings", null, {
          max: MAX_POSITIONS,
        }),
      },
      `${where}${name}.`,
      fields.notes,
    );
    this.attentionBias = fields.boolean("attention_bias", false);
    const dropout = () => fields.number("attention_dropout", 0, { min: 0, max: 1 });
    this.attentionDropout = fields.unused(0, dropout);
    this.mlpBias = fields.boolean("mlp_bias", false);
    this.dtype = dtypeOf(fields);
    this.outputHiddenStates = fields.boolean("output_hidden_states", false);
    this.outputAttentions = fields.boolean("output_attentions", false);
    this.#labels = labelsOf(fields);
    this.numLabels = this.#labels.numLabels;
    this.id2label = this.#labels.id2label;
    this.label2id = this.#labels.label2id;
    this.problemType = this.#labels.problemType;
    this.quantizationConfig = fields.record("quantization_config");
    this.notes = fields.notes;
    this.#others = Object.fromEntries(
      [...values].filter(([key]) => !OWN_FIELDS.has(key)).map(([key, value]) => [key, writable(value)]),
    );
  }

  /**
   * Creates a config from fields in camelCase or snake_case; missing fields have transformers' defaults.
   * @param where prefix of the messages
   * @throws DataError that names the field
   */
  static from(input: object = {}, where = "config"): LlamaConfig {
    const source = input instanceof LlamaConfig ? input.toJSON() : input;
    const values = new Map<string, unknown>();
    for (const [key, value] of Object.entries(source)) {
      if (value === undefined) continue;
      const name = SNAKE_OF.get(key) ?? key;
      if (values.has(name)) new Fields(values, `${where}: `).fail(name, `given twice, as ${key} too`);
      values.set(name, value);
    }
    return new LlamaConfig(values, `${where}: `);
  }

  /**
   * Reads config.json from a folder, beside a .safetensors file, or of a hub id in the cache.
   * @throws EnvironmentError if it does not exist; DataError that names the field if it is invalid
   */
  static async fromPretrained(nameOrPath: string): Promise<LlamaConfig> {
    const path = await configPath(await locateModel(nameOrPath));
    const root = parseJson(await readSmallFile(path, MAX_CONFIG_BYTES), path, { allowsNonFinite: true });
    if (!isRecord(root)) new Fields(new Map(), "").fail(path, `expected an object, got ${kindOf(root)}`);
    return LlamaConfig.from(root as object, path);
  }

  /** Bytes per position in the KV cache of all layers, in float32. */
  get cacheBytesPerToken(): number {
    return 2 * 4 * this.numHiddenLayers * this.numKeyValueHeads * this.headDim;
  }

  /** The object for config.json: snake_case names, `model_type` "llama", unknown fields unchanged. */
  toJSON(): Record<string, unknown> {
    return {
      ...(this.architectures && { architectures: this.architectures }),
      model_type: "llama",
      vocab_size: this.vocabSize,
      hidden_size: this.hiddenSize,
      intermediate_size: this.intermediateSize,
      num_hidden_layers: this.numHiddenLayers,
      num_attention_heads: this.numAttentionHeads,
      num_key_value_heads: this.numKeyValueHeads,
      head_dim: this.headDim,
      hidden_act: this.hiddenAct,
      max_position_embeddings: this.maxPositionEmbeddings,
      initializer_range: this.initializerRange,
      rms_norm_eps: this.rmsNormEps,
      use_cache: this.useCache,
      pad_token_id: this.padTokenId,
      bos_token_id: this.bosTokenId,
      eos_token_id: this.eosTokenId,
      pretraining_tp: this.pretrainingTp,
      tie_word_embeddings: this.tieWordEmbeddings,
      rope_theta: this.ropeTheta,
      rope_scaling: writable(this.#ropeScalingFields),
      attention_bias: this.attentionBias,
      attention_dropout: this.attentionDropout,
      mlp_bias: this.mlpBias,
      ...(this.dtype && { dtype: this.dtype }),
      ...(this.outputHiddenStates && { output_hidden_states: true }),
      ...(this.outputAttentions && { output_attentions: true }),
      ...this.#labels.json,
      ...(this.quantizationConfig && { quantization_config: writable(this.quantizationConfig) }),
      ...this.#others,
    };
  }
}

/** Names that the class reads itself; all others are kept unchanged. */
const OWN_FIELDS: ReadonlySet<string> = new Set(
  `architectures model_type vocab_size hidden_size intermediate_size num_hidden_layers num_attention_heads
  num_key_value_heads head_dim hidden_act max_position_embeddings initializer_range rms_norm_eps use_cache
  pad_token_id bos_token_id eos_token_id pretraining_tp tie_word_embeddings rope_theta rope_scaling attention_bias
  attention_dropout mlp_bias dtype torch_dtype output_hidden_states output_attentions num_labels id2label label2id
  problem_type quantization_config`.split(/\s+/),
);

const SNAKE_OF: ReadonlyMap<string, string> = new Map(
  [
    ...OWN_FIELDS,
    ...Object.keys(FOREIGN_FIELDS),
    "original_max_position_embeddings",
    "rope_parameters",
    "auto_map",
  ]
    .map((name) => [camelCase(name), name]),
);
