/**
 * The text of every kernel, imported so that the type checker finds missing files and compiled programs
 * include it.
 */
import attentionCombine from "../../kernels/attention/attention_combine.wgsl" with { type: "text" };
import attentionLanes from "../../kernels/attention/attention_lanes.wgsl" with { type: "text" };
import attentionOut from "../../kernels/attention/attention_out.wgsl" with { type: "text" };
import attentionParts from "../../kernels/attention/attention_parts.wgsl" with { type: "text" };
import attentionPrompt from "../../kernels/attention/attention_prompt.wgsl" with { type: "text" };
import attentionSpan from "../../kernels/attention/attention_span.wgsl" with { type: "text" };
import attentionSplits from "../../kernels/attention/attention_splits.wgsl" with { type: "text" };
import attentionTile from "../../kernels/attention/attention_tile.wgsl" with { type: "text" };
import attentionToken from "../../kernels/attention/attention_token.wgsl" with { type: "text" };
import attentionWhole from "../../kernels/attention/attention_whole.wgsl" with { type: "text" };
import attentionWeights from "../../kernels/attention/attention_weights.wgsl" with { type: "text" };
import maskCausal from "../../kernels/attention/mask_causal.wgsl" with { type: "text" };
import maskGiven from "../../kernels/attention/mask_given.wgsl" with { type: "text" };
import copySlots from "../../kernels/kv/copy_slots.wgsl" with { type: "text" };
import keepFloat32 from "../../kernels/kv/keep_float32.wgsl" with { type: "text" };
import keepInt8 from "../../kernels/kv/keep_int8.wgsl" with { type: "text" };
import keepLater from "../../kernels/kv/keep_later.wgsl" with { type: "text" };
import keepMirrorNone from "../../kernels/kv/keep_mirror_none.wgsl" with { type: "text" };
import keepMirrorTexture from "../../kernels/kv/keep_mirror_texture.wgsl" with { type: "text" };
import keepNow from "../../kernels/kv/keep_now.wgsl" with { type: "text" };
import keepPacked from "../../kernels/kv/keep_packed.wgsl" with { type: "text" };
import keepRows from "../../kernels/kv/keep_rows.wgsl" with { type: "text" };
import kvFloat32 from "../../kernels/kv/kv_float32.wgsl" with { type: "text" };
import kvInt8 from "../../kernels/kv/kv_int8.wgsl" with { type: "text" };
import kvPacked from "../../kernels/kv/kv_packed.wgsl" with { type: "text" };
import kvTexture from "../../kernels/kv/kv_texture.wgsl" with { type: "text" };
import mirrorKv from "../../kernels/kv/mirror_kv.wgsl" with { type: "text" };
import pairBfloat16 from "../../kernels/kv/pair_bfloat16.wgsl" with { type: "text" };
import pairFloat16 from "../../kernels/kv/pair_float16.wgsl" with { type: "text" };
import scalesNone from "../../kernels/kv/scales_none.wgsl" with { type: "text" };
import scalesTexture from "../../kernels/kv/scales_texture.wgsl" with { type: "text" };
import activations from "../../kernels/linear/activations.wgsl" with { type: "text" };
import biasAdd from "../../kernels/linear/bias_add.wgsl" with { type: "text" };
import biasNone from "../../kernels/linear/bias_none.wgsl" with { type: "text" };
import codesBytes from "../../kernels/linear/codes_bytes.wgsl" with { type: "text" };
import codesMagic from "../../kernels/linear/codes_magic.wgsl" with { type: "text" };
import codesMasked from "../../kernels/linear/codes_masked.wgsl" with { type: "text" };
import columnsOrdered from "../../kernels/linear/columns_ordered.wgsl" with { type: "text" };
import columnsPlain from "../../kernels/linear/columns_plain.wgsl" with { type: "text" };
import finishGated from "../../kernels/linear/finish_gated.wgsl" with { type: "text" };
import finishQkv from "../../kernels/linear/finish_qkv.wgsl" with { type: "text" };
import finishResidual from "../../kernels/linear/finish_residual.wgsl" with { type: "text" };
import finishStore from "../../kernels/linear/finish_store.wgsl" with { type: "text" };
import inputBuffer from "../../kernels/linear/input_buffer.wgsl" with { type: "text" };
import inputTexture from "../../kernels/linear/input_texture.wgsl" with { type: "text" };
import int4Terms from "../../kernels/linear/int4_terms.wgsl" with { type: "text" };
import linear from "../../kernels/linear/linear.wgsl" with { type: "text" };
import linearSumsNone from "../../kernels/linear/linear_sums_none.wgsl" with { type: "text" };
import linearSumsSubgroup from "../../kernels/linear/linear_sums_subgroup.wgsl" with { type: "text" };
import linearSumsWorkgroup from "../../kernels/linear/linear_sums_workgroup.wgsl" with { type: "text" };
import normNone from "../../kernels/linear/norm_none.wgsl" with { type: "text" };
import normRms from "../../kernels/linear/norm_rms.wgsl" with { type: "text" };
import normStorage from "../../kernels/linear/norm_storage.wgsl" with { type: "text" };
import normUniform from "../../kernels/linear/norm_uniform.wgsl" with { type: "text" };
import placesApart from "../../kernels/linear/places_apart.wgsl" with { type: "text" };
import placesPlain from "../../kernels/linear/places_plain.wgsl" with { type: "text" };
import storedLines from "../../kernels/linear/stored_lines.wgsl" with { type: "text" };
import tile from "../../kernels/linear/tile.wgsl" with { type: "text" };
import tileInt4 from "../../kernels/linear/tile_int4.wgsl" with { type: "text" };
import tokensLanes from "../../kernels/linear/tokens_lanes.wgsl" with { type: "text" };
import tokensLoop from "../../kernels/linear/tokens_loop.wgsl" with { type: "text" };
import walkFloat from "../../kernels/linear/walk_float.wgsl" with { type: "text" };
import walkFloatAhead from "../../kernels/linear/walk_float_ahead.wgsl" with { type: "text" };
import walkInt4Lanes from "../../kernels/linear/walk_int4_lanes.wgsl" with { type: "text" };
import walkInt4Rows from "../../kernels/linear/walk_int4_rows.wgsl" with { type: "text" };
import walkInt4Staged from "../../kernels/linear/walk_int4_staged.wgsl" with { type: "text" };
import weightsInt4 from "../../kernels/linear/weights_int4.wgsl" with { type: "text" };
import embed from "../../kernels/rows/embed.wgsl" with { type: "text" };
import gather from "../../kernels/rows/gather.wgsl" with { type: "text" };
import rmsNorm from "../../kernels/rows/rms_norm.wgsl" with { type: "text" };
import candidates from "../../kernels/sample/candidates.wgsl" with { type: "text" };
import draw from "../../kernels/sample/draw.wgsl" with { type: "text" };
import drawNone from "../../kernels/sample/draw_none.wgsl" with { type: "text" };
import integers from "../../kernels/sample/integers.wgsl" with { type: "text" };
import philox from "../../kernels/sample/philox.wgsl" with { type: "text" };
import sample from "../../kernels/sample/sample.wgsl" with { type: "text" };
import sampling from "../../kernels/sample/sampling.wgsl" with { type: "text" };
import scores from "../../kernels/sample/scores.wgsl" with { type: "text" };
import threshold from "../../kernels/sample/threshold.wgsl" with { type: "text" };
import addDot from "../../kernels/shared/add_dot.wgsl" with { type: "text" };
import batch from "../../kernels/shared/batch.wgsl" with { type: "text" };
import batchLayout from "../../kernels/shared/batch_layout.wgsl" with { type: "text" };
import mirrorNone from "../../kernels/shared/mirror_none.wgsl" with { type: "text" };
import mirrorTexture from "../../kernels/shared/mirror_texture.wgsl" with { type: "text" };
import reduceWorkgroup from "../../kernels/shared/reduce_workgroup.wgsl" with { type: "text" };
import storedBuffer from "../../kernels/shared/stored_buffer.wgsl" with { type: "text" };
import storedTexture from "../../kernels/shared/stored_texture.wgsl" with { type: "text" };
import weightsBf16 from "../../kernels/shared/weights_bf16.wgsl" with { type: "text" };
import weightsF16 from "../../kernels/shared/weights_f16.wgsl" with { type: "text" };
import weightsF32 from "../../kernels/shared/weights_f32.wgsl" with { type: "text" };

/** Kernels and their parts by role. */
export const kernels = {
  activations,
  addDot,
  attentionCombine,
  attentionLanes,
  attentionOut,
  attentionParts: { one: attentionWhole, many: attentionParts },
  attentionPrompt,
  attentionSpan,
  attentionSplits,
  attentionTile,
  attentionToken,
  attentionWeights,
  batch,
  batchLayout,
  biasAdd,
  biasNone,
  codes: { bytes: codesBytes, magic: codesMagic, masked: codesMasked },
  columns: { plain: columnsPlain, ordered: columnsOrdered },
  copySlots,
  draw: [draw, candidates, integers, philox, threshold],
  drawNone: [drawNone],
  embed,
  finishGated,
  finishQkv,
  finishResidual,
  finishStore,
  gather,
  keepFloat32,
  keepInt8,
  keepLater,
  keepMirror: { none: keepMirrorNone, texture: keepMirrorTexture },
  keepNow,
  keepPacked,
  keepRows,
  kvFloat32,
  kvInt8,
  kvPacked,
  kvTexture,
  linear,
  linearSums: { none: linearSumsNone, subgroup: linearSumsSubgroup, workgroup: linearSumsWorkgroup },
  maskCausal,
  maskGiven,
  mirrorKv,
  mirror: { buffer: mirrorNone, texture: mirrorTexture },
  int4Terms,
  input: { buffer: inputBuffer, texture: inputTexture },
  normNone,
  normRms,
  normPlace: { storage: normStorage, uniform: normUniform },
  pair: { float16: pairFloat16, bfloat16: pairBfloat16 },
  places: { plain: placesPlain, apart: placesApart },
  reduceWorkgroup,
  rmsNorm,
  sample,
  sampling,
  scores,
  scales: { none: scalesNone, texture: scalesTexture },
  stored: { buffer: storedBuffer, texture: storedTexture, lines: storedLines },
  tile,
  tileInt4,
  tokens: { lanes: tokensLanes, loop: tokensLoop },
  weights: { float32: weightsF32, float16: weightsF16, bfloat16: weightsBf16 },
  weightsInt4,
  walkFloat,
  walkFloatAhead,
  walkInt4Lanes,
  walkInt4Rows,
  walkInt4Staged,
} as const;
