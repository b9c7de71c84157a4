import { camelCase, snakeCase } from "../../base/names.ts";
import { join } from "../../base/paths.ts";
import { LlamaConfig } from "../../checkpoint/config/config.ts";
import { Fields, isRecord } from "../../base/fields.ts";
import { onFile, readSmallFile, statOrNothing } from "../../checkpoint/files/files.ts";
import { kindOf, parseJson, writable } from "../../base/json.ts";
import { locateModel, modelFolder } from "../../checkpoint/files/locate.ts";
import { DataError, EnvironmentError } from "../../base/errors.ts";
import { checkGenerationFields } from "./checks.ts";
import { GENERATION_DEFAULTS, type GenerationFields } from "./table.ts";
import { IDLE_FIELDS, UNSUPPORTED_FIELDS } from "./other_fields.ts";

const MAX_CONFIG_BYTES = 16 * 2 ** 20;
const FILE_NAME = "generation_config.json";

/** Fields of a {@linkcode GenerationConfig}, as settable properties. */
export interface GenerationConfig extends GenerationFields {}

/**
 * Defaults of `generate`: transformers' GenerationConfig 4.57 in camelCase. Unknown and unsupported fields
 * are kept for {@linkcode GenerationConfig.toJSON}; `generate` rejects the latter.
 *
 * @example
 * ```ts
 * import { GenerationConfig } from "@llama/llama";
 *
 * const config = new GenerationConfig({ doSample: true, temperature: 0.7, topP: 0.9 });
 * console.log(config.toDiff()); // { do_sample: true, temperature: 0.7, top_p: 0.9 }
 * ```
 */
export class GenerationConfig {
  readonly #others: Record<string, unknown> = {};
  readonly #given: ReadonlySet<string>;
  readonly #unfit: Map<string, string> = new Map();

  /**
   * Creates a config; missing fields get transformers' defaults.
   * @param fields in camelCase or snake_case
   * @param where prefix of error messages
   * @param drawsByDefault true if tokens are sampled by default: invalid sampling-only fields are accepted if
   * nothing is sampled
   * @throws Error naming a field that is of the wrong type or out of range
   */
  constructor(
    fields: Partial<GenerationFields> | Readonly<Record<string, unknown>> = {},
    where = "GenerationConfig",
    drawsByDefault = true,
  ) {
    Object.assign(this, GENERATION_DEFAULTS);
    const names = new Map<string, string>();
    for (const [name, value] of Object.entries(fields)) {
      if (value === undefined) continue;
      const known = name in GENERATION_DEFAULTS ? name : camelCase(name);
      if (known in GENERATION_DEFAULTS) names.set(known, name);
      else this.#others[snakeCase(name)] = writable(value);
    }
    const given = new Fields(new Map(Object.entries(fields)), `${where}: `);
    const draws = given.get(names.get("doSample") ?? "doSample") ?? drawsByDefault;
    Object.assign(this, checkGenerationFields(given, names, draws === false ? this.#unfit : undefined));
    this.#given = new Set([...names.keys()].filter((name) => !this.#unfit.has(name)));
  }

  /** Errors of fields that are unused because no token is sampled, by field name. */
  get unfit(): ReadonlyMap<string, string> {
    return this.#unfit;
  }

  /** Same as the constructor; `from` another config copies it. */
  static from(
    fields: GenerationConfig | Partial<GenerationFields> | Readonly<Record<string, unknown>> = {},
    where?: string,
  ): GenerationConfig {
    return new GenerationConfig(fields instanceof GenerationConfig ? fields.toDiff() : fields, where);
  }

  /**
   * Reads generation_config.json.
   * @param nameOrPath a folder, a .safetensors file beside it, or a hub id in the cache
   * @throws EnvironmentError if it does not exist; DataError if it is broken, naming the field
   */
  static async fromPretrained(nameOrPath: string): Promise<GenerationConfig> {
    const path = await locateModel(nameOrPath);
    const config = await readGenerationConfig(path);
    if (!config) throw new EnvironmentError(`${join(modelFolder(path), FILE_NAME)}: no such file`);
    return config;
  }

  /**
   * The generation defaults in a model's config.json: special tokens, and options stored there by old
   * checkpoints.
   */
  static fromModelConfig(config: LlamaConfig): GenerationConfig {
    const known = Object.entries(config.toJSON()).filter(([name, value]) =>
      value !== null && camelCase(name) in GENERATION_DEFAULTS
    );
    return new GenerationConfig(Object.fromEntries(known), "config.json", false);
  }

  /** The generation fields that differ from their defaults. */
  changed(): Partial<GenerationFields> {
    const names = Object.keys(GENERATION_DEFAULTS) as (keyof GenerationFields)[];
    const isChanged = (name: keyof GenerationFields) =>
      this[name] !== undefined && JSON.stringify(this[name]) !== JSON.stringify(GENERATION_DEFAULTS[name]);
    return Object.fromEntries(names.filter(isChanged).map((name) => [name, this[name]]));
  }

  /** The generation fields that differ from their defaults or were given explicitly. */
  stated(): Partial<GenerationFields> {
    const given = [...this.#given] as (keyof GenerationFields)[];
    return { ...Object.fromEntries(given.map((name) => [name, this[name]])), ...this.changed() };
  }

  /** The known but unsupported fields, in camelCase. */
  unsupported(): Record<string, unknown> {
    const others = Object.entries(this.#others).map(([name, value]) => [camelCase(name), value] as const);
    return Object.fromEntries(others.filter(([name]) => name in UNSUPPORTED_FIELDS));
  }

  /** The fields that differ from their defaults, and the unknown ones, in snake_case. */
  toDiff(): Record<string, unknown> {
    const changed = Object.entries(this.changed()).map(([name, value]) => [snakeCase(name), value]);
    return { ...Object.fromEntries(changed), ...this.#others };
  }

  /**
   * Writes generation_config.json, which holds only non-default fields.
   * @param directory a folder; created if missing
   * @throws EnvironmentError if the disk refuses
   */
  async savePretrained(directory: string): Promise<void> {
    const file = join(directory, FILE_NAME);
    await onFile(file, async () => {
      await Deno.mkdir(directory, { recursive: true });
      await Deno.writeTextFile(file, `${JSON.stringify(this.toDiff(), null, 2)}\n`);
    });
  }

  /** The object of generation_config.json: all fields in snake_case. */
  toJSON(): Record<string, unknown> {
    const defaults = { ...GENERATION_DEFAULTS, ...firstOf(UNSUPPORTED_FIELDS), ...IDLE_FIELDS };
    return {
      ...Object.fromEntries(Object.entries(defaults).map(([name, value]) => [snakeCase(name), value])),
      ...this.toDiff(),
    };
  }
}

/**
 * The generation_config.json of a model's folder; undefined if there is none. @throws DataError if it is
 * broken
 */
async function readGenerationConfig(path: string): Promise<GenerationConfig | undefined> {
  const file = join(modelFolder(path), FILE_NAME);
  if (await statOrNothing(file) === undefined) return undefined;
  const root = parseJson(await readSmallFile(file, MAX_CONFIG_BYTES), file, { allowsNonFinite: true });
  if (!isRecord(root)) throw new DataError(`${file}: expected an object, got ${kindOf(root)}`);
  return new GenerationConfig(root, file, false);
}

/** A model's generation defaults: its generation_config.json, else its config.json. */
export async function generationConfigOf(path: string): Promise<GenerationConfig> {
  return await readGenerationConfig(path) ??
    GenerationConfig.fromModelConfig(await LlamaConfig.fromPretrained(path));
}

function firstOf(fields: Readonly<Record<string, readonly unknown[]>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, [value]]) => [name, value]));
}
