import type { Fields } from "../../base/fields.ts";
import { kindOf } from "../../base/json.ts";

const off = (value: unknown) => value === false || value === 0;
const one = (value: unknown) => value === 1;
const empty = (value: unknown) => typeof value === "object" && Object.keys(value as object).length === 0;
const only = (word: string) => (value: unknown) =>
  value === word || (Array.isArray(value) && value.every((item) => item === word));

/**
 * Fields of other architectures in config.json that change the maths, each with the values that have no effect. A Llama
 * with any other value would run but compute wrong results, so it is refused.
 * Field → predicate: true if this value (never null) has no effect.
 */
export const FOREIGN_FIELDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  add_cross_attention: off,
  alibi: off,
  attention_multiplier: () => false,
  attention_scale: () => false,
  attn_logit_softcapping: () => false,
  block_sparse: off,
  clip_qkv: () => false,
  embedding_multiplier: one,
  final_logit_softcapping: () => false,
  is_causal: (value) => value === true,
  is_encoder_decoder: off,
  kv_lora_rank: () => false,
  layer_types: only("full_attention"),
  logit_scale: one,
  logits_scaling: one,
  n_routed_experts: off,
  no_rope_layers: () => false,
  num_experts: (value) => off(value) || one(value),
  num_local_experts: (value) => off(value) || one(value),
  parallel_attn: off,
  partial_rotary_factor: one,
  pruned_heads: empty,
  q_lora_rank: () => false,
  qk_layernorm: off,
  qk_norm: off,
  qkv_bias: off,
  query_pre_attn_scalar: () => false,
  residual_multiplier: one,
  rope_interleaved: off,
  rotary_pct: one,
  scale_emb: one,
  scale_depth: () => false,
  sliding_window: () => false,
  use_alibi: off,
  use_bidirectional_attention: off,
  use_qk_norm: off,
};

/**
 * Refuses a model that is not a plain Llama.
 * @throws DataError that names the field
 */
export function refuseForeign(fields: Fields): void {
  const type = fields.string("model_type", "llama");
  if (type !== "llama") fields.fail("model_type", `expected "llama", got ${kindOf(type)}`);
  if (fields.get("auto_map") !== undefined) {
    // As in the reference, a known model_type takes precedence over untrusted code.
    if (!fields.has("model_type")) {
      fields.fail("auto_map", "the model brings code of its own, which is unsupported");
    }
    fields.note("auto_map", "the model's own code is not run: the built-in Llama is used");
  }
  for (const [name, changesNothing] of Object.entries(FOREIGN_FIELDS)) {
    const value = fields.get(name);
    if (value === undefined || changesNothing(value)) continue;
    if (name === "sliding_window" && isWideWindow(fields)) continue;
    fields.fail(name, `${kindOf(value)} changes the maths and is unsupported in a Llama`);
  }
}

/** True if the window is disabled, or at least as long as the longest context. */
function isWideWindow(fields: Fields): boolean {
  const window = fields.get("sliding_window");
  return fields.get("use_sliding_window") === false ||
    (Number.isInteger(window) && Number(window) >= Number(fields.get("max_position_embeddings") ?? 2048));
}
