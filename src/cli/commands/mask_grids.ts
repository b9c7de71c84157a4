import { LlamaError } from "../../base/errors.ts";
import { paddingToken, padGrid, type TokenGrid } from "../../mask/token_grid.ts";
import type { LlamaTokenizerFast } from "../../tokenizer/mod.ts";
import type { PromptItem } from "../shared/input.ts";
import type { AttentionSource } from "./mask_attention.ts";
import type { OptionValues } from "../options/options.ts";
import { encodeFitting, encodePrompt } from "../../generate/request/encode_prompt.ts";

/** The picture of a prompt, or why it cannot be drawn. */
export type Drawing =
  & { readonly index: number; readonly id: unknown }
  & ({ readonly grid: TokenGrid; readonly error?: undefined } | {
    readonly grid?: undefined;
    readonly error: LlamaError;
  });

/** Yields a grid for each prompt, in order, as soon as the prompt is read. @throws EnvironmentError */
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
      // A failing device fails every later prompt too.
      if (!(error instanceof LlamaError) || error.exitCode === 4) throw error;
      yield { index, id, error };
    }
  }
}

/**
 * Pads all grids on the given side to the longest one, once all are read; without a side, yields them
 * unchanged.
 */
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
