/** Every kernel's text, imported so that it is type-checked to exist and travels with a compiled program. */
import activations from "../../kernels/activations.wgsl" with { type: "text" };
import addDot from "../../kernels/add_dot.wgsl" with { type: "text" };
import attention from "../../kernels/attention.wgsl" with { type: "text" };
import attentionCombine from "../../kernels/attention_combine.wgsl" with { type: "text" };
import attentionLanes from "../../kernels/attention_lanes.wgsl" with { type: "text" };
import attentionOut from "../../kernels/attention_out.wgsl" with { type: "text" };
import attentionTile from "../../kernels/attention_tile.wgsl" with { type: "text" };
import attentionWeights from "../../kernels/attention_weights.wgsl" with { type: "text" };
import batch from "../../kernels/batch.wgsl" with { type: "text" };
import batchLayout from "../../kernels/batch_layout.wgsl" with { type: "text" };
import biasAdd from "../../kernels/bias_add.wgsl" with { type: "text" };
import biasNone from "../../kernels/bias_none.wgsl" with { type: "text" };
import cacheBuffer from "../../kernels/cache_buffer.wgsl" with { type: "text" };
import cacheMirrorNone from "../../kernels/cache_mirror_none.wgsl" with { type: "text" };
import cacheMirrorTexture from "../../kernels/cache_mirror_texture.wgsl" with { type: "text" };
import cacheTexture from "../../kernels/cache_texture.wgsl" with { type: "text" };
import copySlots from "../../kernels/copy_slots.wgsl" with { type: "text" };
import columnsOrdered from "../../kernels/columns_ordered.wgsl" with { type: "text" };
import columnsPlain from "../../kernels/columns_plain.wgsl" with { type: "text" };
import draw from "../../kernels/draw.wgsl" with { type: "text" };
import drawNone from "../../kernels/draw_none.wgsl" with { type: "text" };
import embed from "../../kernels/embed.wgsl" with { type: "text" };
import finishGated from "../../kernels/finish_gated.wgsl" with { type: "text" };
import finishQkv from "../../kernels/finish_qkv.wgsl" with { type: "text" };
import finishResidual from "../../kernels/finish_residual.wgsl" with { type: "text" };
import finishStore from "../../kernels/finish_store.wgsl" with { type: "text" };
import gather from "../../kernels/gather.wgsl" with { type: "text" };
import inputBuffer from "../../kernels/input_buffer.wgsl" with { type: "text" };
import inputTexture from "../../kernels/input_texture.wgsl" with { type: "text" };
import int4Terms from "../../kernels/int4_terms.wgsl" with { type: "text" };
import mirrorCache from "../../kernels/mirror_cache.wgsl" with { type: "text" };
import mirrorNone from "../../kernels/mirror_none.wgsl" with { type: "text" };
import mirrorTexture from "../../kernels/mirror_texture.wgsl" with { type: "text" };
import normStorage from "../../kernels/norm_storage.wgsl" with { type: "text" };
import normUniform from "../../kernels/norm_uniform.wgsl" with { type: "text" };
import linear from "../../kernels/linear.wgsl" with { type: "text" };
import linearSumsNone from "../../kernels/linear_sums_none.wgsl" with { type: "text" };
import linearSumsSubgroup from "../../kernels/linear_sums_subgroup.wgsl" with { type: "text" };
import linearSumsWorkgroup from "../../kernels/linear_sums_workgroup.wgsl" with { type: "text" };
import maskCausal from "../../kernels/mask_causal.wgsl" with { type: "text" };
import maskGiven from "../../kernels/mask_given.wgsl" with { type: "text" };
import normNone from "../../kernels/norm_none.wgsl" with { type: "text" };
import normRms from "../../kernels/norm_rms.wgsl" with { type: "text" };
import placesApart from "../../kernels/places_apart.wgsl" with { type: "text" };
import placesPlain from "../../kernels/places_plain.wgsl" with { type: "text" };
import reduceWorkgroup from "../../kernels/reduce_workgroup.wgsl" with { type: "text" };
import rmsNorm from "../../kernels/rms_norm.wgsl" with { type: "text" };
import sample from "../../kernels/sample.wgsl" with { type: "text" };
import storedBuffer from "../../kernels/stored_buffer.wgsl" with { type: "text" };
import storedLines from "../../kernels/stored_lines.wgsl" with { type: "text" };
import storedTexture from "../../kernels/stored_texture.wgsl" with { type: "text" };
import tile from "../../kernels/tile.wgsl" with { type: "text" };
import tileInt4 from "../../kernels/tile_int4.wgsl" with { type: "text" };
import walkFloat from "../../kernels/walk_float.wgsl" with { type: "text" };
import walkInt4Lanes from "../../kernels/walk_int4_lanes.wgsl" with { type: "text" };
import walkInt4Rows from "../../kernels/walk_int4_rows.wgsl" with { type: "text" };
import weightsBf16 from "../../kernels/weights_bf16.wgsl" with { type: "text" };
import weightsF16 from "../../kernels/weights_f16.wgsl" with { type: "text" };
import weightsF32 from "../../kernels/weights_f32.wgsl" with { type: "text" };
import weightsInt4 from "../../kernels/weights_int4.wgsl" with { type: "text" };

/** Kernels and their parts by role. */
export const kernels = {
  activations,
  addDot,
  attention,
  attentionCombine,
  attentionLanes,
  attentionOut,
  attentionTile,
  attentionWeights,
  batch,
  batchLayout,
  biasAdd,
  biasNone,
  columns: { plain: columnsPlain, ordered: columnsOrdered },
  cache: { buffer: cacheBuffer, texture: cacheTexture },
  cacheMirror: { buffer: cacheMirrorNone, texture: cacheMirrorTexture },
  copySlots,
  draw,
  drawNone,
  embed,
  finishGated,
  finishQkv,
  finishResidual,
  finishStore,
  gather,
  linear,
  linearSums: { none: linearSumsNone, subgroup: linearSumsSubgroup, workgroup: linearSumsWorkgroup },
  maskCausal,
  maskGiven,
  mirrorCache,
  mirror: { buffer: mirrorNone, texture: mirrorTexture },
  int4Terms,
  input: { buffer: inputBuffer, texture: inputTexture },
  normNone,
  normRms,
  normPlace: { storage: normStorage, uniform: normUniform },
  places: { plain: placesPlain, apart: placesApart },
  reduceWorkgroup,
  rmsNorm,
  sample,
  stored: { buffer: storedBuffer, texture: storedTexture, lines: storedLines },
  tile,
  tileInt4,
  weights: { float32: weightsF32, float16: weightsF16, bfloat16: weightsBf16 },
  weightsInt4,
  walkFloat,
  walkInt4Lanes,
  walkInt4Rows,
} as const;
