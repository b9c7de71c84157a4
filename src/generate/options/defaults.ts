import { snakeCase } from "../../base/names.ts";
import { join } from "../../base/paths.ts";
import { kindOf } from "../../base/json.ts";
import { modelFolder } from "../../checkpoint/files/locate.ts";
import { DataError } from "../../base/errors.ts";
import { generationConfigOf } from "./generation_config.ts";
import { GENERATION_DEFAULTS, OFF, PIPELINE_DEFAULTS } from "./table.ts";
import { RETURN_FIELDS, UNSUPPORTED_FIELDS } from "./other_fields.ts";
import { frozenPart } from "./greedy.ts";
import { optionsOf } from "./options_of.ts";
import type { GenerationOptions } from "./types.ts";
import { requireFit } from "./unfit_options.ts";

/**
 * Defaults from a model's generation_config.json, on top of those of transformers' text-generation pipeline.
 * Temperature 0 is kept: it selects greedy decoding. Fields that only select what a call returns are ignored,
 * as a command prints text.
 * @throws DataError naming the field, also if it is not supported
 */
export async function defaultsFor(path: string): Promise<GenerationOptions> {
  const config = await generationConfigOf(path);
  const guidanceScale = config.guidanceScale === 1 ? null : config.guidanceScale;
  for (const [name, value] of Object.entries({ ...config.unsupported(), guidanceScale })) {
    if (value === null || RETURN_FIELDS.has(name) || UNSUPPORTED_FIELDS[name]?.includes(value)) continue;
    const file = join(modelFolder(path), "generation_config.json");
    throw new DataError(`${file}: ${snakeCase(name)}: this option is not supported, got ${kindOf(value)}`);
  }
  const stated = config.stated();
  // A total length counts if the model sets one without a number of new tokens.
  const { maxNewTokens } = stated;
  const maxLength = stated.maxLength ?? GENERATION_DEFAULTS.maxLength!;
  const byLength = (maxNewTokens ?? null) === null && maxLength !== GENERATION_DEFAULTS.maxLength;
  const options = {
    ...OFF,
    ...PIPELINE_DEFAULTS,
    ...optionsOf(stated),
    ...(config.unfit.size > 0 && { unfit: config.unfit }),
    ...frozenPart(stated),
    ...(byLength
      ? { maxNewTokens: Infinity, maxLength }
      : { maxNewTokens: maxNewTokens ?? PIPELINE_DEFAULTS.maxNewTokens }),
  };
  if (options.doSample) requireFit(config.unfit, {});
  return options;
}
