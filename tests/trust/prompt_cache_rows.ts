import { fromFileUrl } from "@std/path";
import { inFolder, safetensorsFile } from "../support/checkpoint.ts";
import {
  openPromptCacheFile,
  type PromptCacheOwner,
} from "../../src/generate/prompt_cache/prompt_cache_file.ts";
import { type CallRow, callRow } from "./call_row.ts";

/** A valid model. */
const GOOD = fromFileUrl(new URL("../../testdata/golden/gqa_bf16/", import.meta.url));

const OWNER: PromptCacheOwner = {
  model: "m",
  dtype: "float32",
  shape: { layers: 1, heads: 1, kvHeads: 1, headDim: 4, dtype: "float32" },
  vocabSize: 9,
};
const METADATA = {
  format: "llama prompt cache 2",
  model: "m",
  dtype: "float32",
  kv_cache: "float32",
  regime: "0",
};

/** A file of one id's rows with another header, or other numbers. */
function promptCache(
  { metadata = {}, ids = [5], keys = "F32", values = [0, 0, 0, 0] }: {
    metadata?: Record<string, string>;
    ids?: number[];
    keys?: string;
    values?: number[];
  },
): Uint8Array {
  const bytes = [Int32Array.from(ids), new Float32Array(4 * ids.length), Float32Array.from(values)]
    .flatMap((array) => [...new Uint8Array(array.buffer)]);
  const rows = 4 * ids.length;
  const layer = (dtype: string, begin: number) => ({
    dtype,
    shape: [1, ids.length, 4],
    data_offsets: [begin, begin + 4 * rows],
  });
  const header = {
    __metadata__: { ...METADATA, ...metadata },
    ids: { dtype: "I32", shape: [ids.length], data_offsets: [0, rows] },
    "layers.0.keys": layer(keys, rows),
    "layers.0.values": layer("F32", 5 * rows),
  };
  const start = safetensorsFile(header);
  const file = new Uint8Array(start.length + bytes.length);
  file.set(start);
  file.set(bytes, start.length);
  return file;
}

const cached = (what: string, changes: Parameters<typeof promptCache>[0], ...words: string[]): CallRow =>
  callRow(
    `prompt cache: ${what}`,
    () =>
      inFolder({ cache: promptCache(changes) }, async (folder) => {
        const stored = await openPromptCacheFile(`${folder}/cache`, OWNER);
        try {
          await stored!.read(0, "values");
        } finally {
          stored!.close();
        }
      }),
    3,
    "cache: ",
    ...words,
  );

/** Rows of prompts. */
export const PROMPT_CACHE_ROWS: readonly CallRow[] = [
  callRow(
    "prompt cache: a folder",
    () => openPromptCacheFile(GOOD, OWNER),
    3,
    "expected a prompt cache, got a folder",
  ),
  cached("of another format", { metadata: { format: "x" } }, "__metadata__.format", '"x"'),
  cached("of another model", { metadata: { model: "n" } }, "another model"),
  cached("of another dtype", { metadata: { dtype: "int8" } }, "weights in int8", "float32"),
  cached("of another version", { metadata: { format: "llama prompt cache 1" } }, "another version"),
  cached("of another cache", { metadata: { kv_cache: "int8" } }, "--kv-cache int8", "now it is float32"),
  cached("a regime that is none", { metadata: { regime: "x" } }, "__metadata__.regime", "got x"),
  cached("a regime beyond numbers", { metadata: { regime: "9".repeat(30) } }, "__metadata__.regime"),
  cached("no ids", { ids: [], values: [] }, "ids", "got none"),
  cached("an id outside the vocabulary", { ids: [9] }, "ids", "9 at 0"),
  cached("a negative id", { ids: [-1] }, "ids", "-1 at 0"),
  cached("keys of another dtype", { keys: "I32" }, "layers.0.keys", "expected F32 [1,1,4], got I32"),
  cached("a value that is not a number", { values: [0, NaN, 0, 0] }, "layers.0.values", "finite numbers"),
];
