import type { TokenGrid } from "../../mask/token_grid.ts";
import { maskRow, weightAt } from "../../mask/token_grid.ts";
import { pictureTitle, textPicture } from "../../mask/text_picture.ts";
import { loadTokenizer } from "../../tokenizer/mod.ts";
import type { Call } from "../shared/call.ts";
import { readPrompts } from "../shared/input.ts";
import { openAttention, readAttentionChoice } from "./mask_attention.ts";
import { checkPictureFiles, writePictureFiles } from "./mask_files.ts";
import { drawings, padTogether } from "./mask_grids.ts";
import { modelFolder } from "../../checkpoint/files/locate.ts";
import { findModel } from "../shared/load_model.ts";
import { failedRecords, startingWith } from "../shared/prompts.ts";

/** Pieces of a large picture to queue before writing them. */
const QUEUE = 256;

/**
 * `llama mask`: which tokens of a prompt attend to which, or how strongly; as characters or JSON on stdout,
 * and in files. Only `--attention` loads weights and needs a device.
 * @returns the exit code: 3 if a prompt could not be used, else 0
 */
export async function mask(call: Call): Promise<number> {
  const { values, positionals, io, out, log, signal } = call;
  const choice = values.attention === undefined ? undefined : readAttentionChoice(values.attention);
  await checkPictureFiles(values);
  const items = readPrompts(values, positionals, io);
  // An input without any prompt ends the call before anything is loaded.
  const first = await items.next();
  const path = await findModel(call, choice ? "model" : "tokenizer");
  const tokenizer = await loadTokenizer(modelFolder(path));
  const attention = choice && await openAttention(path, choice, call);
  const style = {
    title: pictureTitle(values.model ?? (io.env("LLAMA_MODEL") || "built-in")),
    color: io.outIsTerminal && !io.env("NO_COLOR") && io.env("TERM") !== "dumb",
  };
  const grids: TokenGrid[] = [];
  const failures: string[] = [];
  const records = values.jsonl && values.json;
  try {
    const each = drawings(startingWith(first, items), values, tokenizer, attention);
    for await (const { index, id, grid, error } of padTogether(each, values.padding, tokenizer)) {
      if (!grid) {
        failures.push(error.message);
        if (records) out.json({ index, id, error: error.message });
        else log.error(error.message);
        await out.drain();
        continue;
      }
      if (values.png !== undefined || values.html !== undefined) grids.push(grid);
      let queued = 0;
      for (const piece of values.json ? maskJson(grid) : textPicture(grid, style)) {
        out.text(values.json ? piece : piece + "\n");
        if (++queued % QUEUE === 0) await out.drain();
      }
      await out.drain();
    }
  } finally {
    if (!signal.aborted) attention?.dispose();
  }
  if (grids.length > 0) await writePictureFiles(values, grids, style.title);
  if (failures.length > 0 && records) log.error(failedRecords(failures));
  return failures.length > 0 ? 3 : 0;
}

/** One line of JSON in pieces: with many tokens it exceeds the maximum length of a string. */
function* maskJson(grid: TokenGrid): Generator<string> {
  const { tokens, weights } = grid;
  const rows = function* (name: string, row: (index: number) => number[]) {
    yield `,"${name}":[`;
    for (const index of tokens.keys()) yield (index > 0 ? "," : "") + JSON.stringify(row(index));
    yield "]";
  };
  yield `{"tokens":${JSON.stringify(tokens)}`;
  yield* rows("mask", (row) => maskRow(grid, row));
  if (weights) yield* rows("attention", (row) => tokens.map((_, column) => weightAt(grid, row, column)));
  yield "}\n";
}
