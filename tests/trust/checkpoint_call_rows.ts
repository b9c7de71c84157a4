import { fromFileUrl } from "@std/path";
import { BAD_MODULES, but, GPTQ, gptq, packed, tensor, withTensors } from "../support/bad_int4.ts";
import { BAD_QUANTIZATION_CONFIGS, CONFIGS } from "../support/bad_quantization.ts";
import { Int4WeightOnlyConfig } from "../../src/checkpoint/int4/int4_weight_only_config.ts";
import { int4Sources } from "../../src/checkpoint/int4/int4_sources.ts";
import { parseJson } from "../../src/base/json.ts";
import { locateModel } from "../../src/checkpoint/files/locate.ts";
import { openCheckpoint } from "../../src/checkpoint/safetensors/open_checkpoint.ts";
import { parseQuantizationConfig } from "../../src/checkpoint/int4/quantization_config.ts";
import { headerLength } from "../../src/checkpoint/safetensors/safetensors.ts";
import { GenerationConfig } from "../../src/generate/options/generation_config.ts";
import { withCache } from "../support/hub.ts";
import { type CallRow, callRow } from "./call_row.ts";

/** A valid model. */
const GOOD = fromFileUrl(new URL("../../testdata/golden/gqa_bf16/", import.meta.url));

/** Checkpoints, configs and names of models. */
export const CHECKPOINT_CALL_ROWS: readonly CallRow[] = [
  ...BAD_QUANTIZATION_CONFIGS.map(([config, field, got]) =>
    callRow(
      `quantization_config: ${field} ${got}`,
      () => parseQuantizationConfig(config, "x/config.json: "),
      3,
      `x/config.json: quantization_config.${field}: `,
      got,
    )
  ),
  ...BAD_MODULES.map(([config, tensors, words]) =>
    callRow(
      `modules in 4 bits: ${config.quant_method} ${words.join(" ")}`,
      () => withTensors(tensors, async (checkpoint) => void await int4Sources(checkpoint, config)),
      3,
      ...words,
    )
  ),
  callRow(
    "modules in 4 bits: a scale that is not a number",
    () => {
      const scales = new Uint16Array(20).fill(0x7fc0, 13, 14);
      const tensors = but(packed(), "m.weight_scale", tensor("m.weight_scale", "BF16", [10, 2], scales));
      return withTensors(tensors, async (checkpoint) => {
        await (await int4Sources(checkpoint, CONFIGS.compressed_tensors))("m")!.read(6, 4);
      });
    },
    3,
    "m.weight_scale",
    "element 13",
  ),
  callRow(
    "a file that is cut while it is read",
    () =>
      withTensors(gptq(), async (checkpoint) => {
        const source = (await int4Sources(checkpoint, GPTQ))("m")!;
        await Deno.truncate(checkpoint.files[0], 400);
        await source.read(0, 8);
      }),
    3,
    "ends at byte",
    "shorter than when opened",
  ),
  callRow("group size 7", () => new Int4WeightOnlyConfig({ groupSize: 7 }), 3, "groupSize", "got 7"),
  callRow(
    "a misspelt option",
    () => new Int4WeightOnlyConfig({ groupsize: 32 } as object),
    3,
    '"groupsize" is unknown',
  ),
  callRow("JSON: a lone surrogate in text", () => parseJson('"\ud800"', "x"), 3, "lone surrogate"),
  callRow(
    "safetensors: N above the cap, in a file that has them",
    () => {
      const start = new Uint8Array(8);
      new DataView(start.buffer).setBigUint64(0, 100_000_001n, true);
      return headerLength(start, 2 ** 30, "x.safetensors");
    },
    3,
    "100000001",
    "at most 100000000",
  ),
  callRow("a model without a name", () => locateModel(""), 4, "name is empty"),
  callRow(
    "a hub id that no cache holds",
    () => withCache(async () => void await locateModel("owner/name")),
    4,
    '"owner/name"',
    "not in the hub cache",
  ),
  callRow("no checkpoint", () => openCheckpoint(GOOD + "none"), 4, "none", "no such file or folder"),
  callRow(
    "no generation_config.json",
    () => GenerationConfig.fromPretrained(GOOD),
    4,
    "generation_config.json",
  ),
  callRow(
    "a bias that is not a number",
    () => GenerationConfig.from({ sequenceBias: [[[1], NaN]] }),
    3,
    "sequenceBias.0",
  ),
];
