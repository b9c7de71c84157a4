import { UsageError } from "../../base/errors.ts";
import { modelIdentity } from "../../generate/prompt_cache/model_identity.ts";
import {
  openPromptCacheFile,
  type PromptCacheOwner,
  writePromptCacheFile,
} from "../../generate/prompt_cache/prompt_cache_file.ts";
import type { Session } from "../../generate/mod.ts";
import { kvShape } from "../../model/kv/workspace.ts";
import type { Log } from "./log.ts";
import type { OptionValues } from "../options/options.ts";

/** `--prompt-cache FILE`: a prompt's KV cache rows, saved in a file for the next call. */
export class PromptCacheOption {
  /** Token ids of this call's prompt. */
  #ids: readonly number[] | undefined;
  /** Number of the prompt's leading rows that the file already holds. */
  #held = 0;

  private constructor(
    readonly path: string,
    readonly session: Session,
    readonly owner: PromptCacheOwner,
    readonly log: Log,
  ) {}

  /**
   * The call's file; undefined if it names none.
   * @throws DataError, EnvironmentError
   */
  static async open(
    values: OptionValues,
    modelPath: string,
    session: Session,
    log: Log,
  ): Promise<PromptCacheOption | undefined> {
    if (values.promptCache === undefined) return undefined;
    const { config, kvDtype } = session.model;
    const quantized = values.quantize === "int4" ? ` int4 ${values.groupSize ?? 128}` : "";
    return new PromptCacheOption(values.promptCache, session, {
      model: await modelIdentity(modelPath),
      dtype: session.model.dtype + quantized,
      shape: kvShape(config, kvDtype),
      vocabSize: config.vocabSize,
    }, log);
  }

  /**
   * Copies into the cache the rows of the longest prefix of the prompt that the file holds.
   * @param positions final length of the sequence
   */
  async restore(ids: readonly number[], positions: number): Promise<void> {
    this.#ids = ids;
    const stored = await openPromptCacheFile(this.path, this.owner);
    if (!stored) return;
    try {
      const other = stored.ids.findIndex((id, i) => id !== ids[i]);
      const shared = other < 0 ? stored.ids.length : other;
      this.#held = shared;
      if (shared > 0) await this.session.restore(stored.first(shared), positions);
      this.log.detail(`${this.path}: ${shared} of ${ids.length} prompt tokens`);
    } finally {
      stored.close();
    }
  }

  /** Writes the prompt's rows, unless the file already holds them all. */
  async save(): Promise<void> {
    if (!this.#ids || this.#held === this.#ids.length) return;
    const rows = this.session.find(this.#ids);
    if (!rows) this.log.note(`${this.path}: not written: this generation method keeps no prompt`);
    if (!rows || rows.ids.length <= this.#held) return;
    await writePromptCacheFile(this.path, this.owner, rows);
    this.log.detail(`${this.path}: now holds ${rows.ids.length} prompt tokens`);
  }
}

/** @throws UsageError if the call names a file but has several prompts */
export function checkPromptCache(values: OptionValues): void {
  if (values.promptCache === undefined) return;
  for (const name of ["lines", "jsonl"] as const) {
    if (values[name]) throw new UsageError(`--prompt-cache keeps one prompt; drop --${name}`);
  }
}
