import { LlamaError } from "../../base/errors.ts";
import { paddingToken, padGrid, type TokenGrid } from "../../mask/token_grid.ts";
import type { LlamaTokenizerFast } from "../../tokenizer/mod.ts";
import type { PromptItem } from "../shared/input.ts";
import type { AttentionSource } from "./mask_attention.ts";
import type { OptionValues } from "../options/options.ts";
import { encodeFitting, encodePrompt } from "../shared/prompts.ts";

/** What is to be drawn of a prompt, or why that cannot be. */
export type Drawing =
  & { readonly index: number; readonly id: unknown }
  & ({ readonly grid: TokenGrid; readonly error?: undefined } | {
    readonly grid?: undefined;
    readonly error: LlamaError;
  });

/** A grid for each prompt, in order, each as soon as the prompt is there. @throws EnvironmentError */
export async function* drawings(
  items: AsyncIterable<PromptItem>,
  values: OptionValues,
  tokenizer: LlamaTokenizerFast,
  attention: AttentionSource | undefined,
): AsyncGenerator<Drawing> {
  for await (const item of items) {
    const { index, id } = item;
    try {
      if (item.error) throw item.error;
      const settings = { ...values, ...item.options };
      const ids = attention
        ? encodeFitting(item, tokenizer, settings, tokenizer.length, attention.context, 0)
        : encodePrompt(item, tokenizer, settings, tokenizer.length);
      const tokens = tokenizer.convertIdsToTokens(ids);
      const grid = { tokens, present: tokens.map(() => true) };
      yield { index, id, grid: attention ? { ...grid, ...await attention.weigh(ids) } : grid };
    } catch (error) {
      // A failing device fails every prompt after this one too.
      if (!(error instanceof LlamaError) || error.exitCode === 4) throw error;
      yield { index, id, error };
    }
  }
}

/** Fills all grids up to the longest one on the given side, once all are there; without a side they pass as they come. */
export async function* padTogether(
  drawings: AsyncIterable<Drawing>,
  side: "left" | "right" | undefined,
  tokenizer: LlamaTokenizerFast,
): AsyncGenerator<Drawing> {
  if (!side) {
    yield* drawings;
    return;
  }
  const all = await Array.fromAsync(drawings);
  const longest = all.reduce((most, { grid }) => Math.max(most, grid?.tokens.length ?? 0), 0);
  for (const drawing of all) {
    yield drawing.grid
      ? { ...drawing, grid: padGrid(drawing.grid, longest, paddingToken(tokenizer), side) }
      : drawing;
  }
}
