import { awqSource } from "./awq.ts";
import { RecentBands } from "./column_packed.ts";
import { compressedTensorsSource } from "./compressed_tensors.ts";
import { gptqSource } from "./gptq.ts";
import { Int4Module } from "./int4_module.ts";
import type { Int4Source } from "./int4_source.ts";
import { CODES } from "./int4_stored.ts";
import { configBeside, parseQuantizationConfig } from "./quantization_config.ts";
import { tinygemmSource } from "./tinygemm.ts";
import type { Checkpoint } from "../tensors/types.ts";

/**
 * Finds the modules that a checkpoint stores in 4 bits: compressed-tensors' `pack-quantized`, GPTQ, AWQ, or the output
 * of `llama quantize`. All are checked (dtypes, shapes, groups) before any is read.
 *
 * @param quantizationConfig `quantization_config` of config.json; null if the weights are plain
 * @returns the source of a module (named without `.weight`); undefined if its weight is plain
 * @throws DataError that names the field or the tensor
 */
export async function int4Sources(
  checkpoint: Checkpoint,
  quantizationConfig: Readonly<Record<string, unknown>> | null,
): Promise<(module: string) => Int4Source | undefined> {
  const sources = new Map<string, Int4Source>();
  if (quantizationConfig !== null) {
    const config = parseQuantizationConfig(quantizationConfig, configBeside(checkpoint.files[0]));
    const open = opener(config);
    const ending = `.${CODES[config.method]}`;
    for (const name of checkpoint.tensors.keys()) {
      if (!name.endsWith(ending)) continue;
      const module = new Int4Module(checkpoint, name.slice(0, -ending.length));
      sources.set(module.name, await open(module));
    }
  }
  return (module) => sources.get(module);
}

type Opener = (module: Int4Module) => Int4Source | Promise<Int4Source>;

function opener(config: ReturnType<typeof parseQuantizationConfig>): Opener {
  const bands = new RecentBands();
  switch (config.method) {
    case "tinygemm":
      return tinygemmSource;
    case "compressed-tensors":
      return (module) => compressedTensorsSource(module, config.symmetric);
    case "gptq":
      return (module) => gptqSource(module, config.zeroOffset, bands);
    case "awq":
      return (module) => awqSource(module, bands);
  }
}
