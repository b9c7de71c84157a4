import { BAD_SAFETENSORS } from "../support/bad_safetensors.ts";
import { safetensorsFile } from "../support/checkpoint.ts";
import type { Row } from "./row.ts";

const CACHE = "FOLDER/prompt.safetensors";

/** A `--prompt-cache` file that is not one of ours, opened by the built-in model. */
const cached = (what: string, bytes: Uint8Array | string, ...words: string[]): Row => ({
  what: `prompt cache: ${what}`,
  files: { "prompt.safetensors": bytes },
  args: ["run", "--prompt-cache", CACHE, "--greedy", "-n", "1", "Hello there"],
  code: 3,
  words: ["prompt.safetensors", ...words],
});

const quantize = (what: string, args: string[], code: number, ...words: string[]): Row => ({
  what: `quantize: ${what}`,
  args: ["quantize", ...args],
  code,
  words,
});

/** Some invalid safetensors headers are enough, because these features share the reader. */
const HEADERS = BAD_SAFETENSORS.filter(([what]) =>
  ["empty file", "N past the end", "a name twice", "a byte short"].includes(what)
);

/** Bad inputs of the features besides plain generation. */
export const FEATURE_ROWS: readonly Row[] = [
  ...HEADERS.map(([what, bytes]) => cached(what, bytes)),
  cached("text", "hello, this is no prompt cache at all"),
  cached(
    "of no model",
    safetensorsFile({ w: { dtype: "F32", shape: [1], data_offsets: [0, 4] } }, 4),
    "__metadata__.format",
  ),
  quantize("OUT = IN", ["FOLDER", "FOLDER"], 2, "same"),
  quantize("OUT = IN by another name", ["FOLDER", "FOLDER/."], 2, "same"),
  quantize("no OUT", ["FOLDER"], 2, "IN and OUT"),
  quantize("a group of another size", ["FOLDER", "FOLDER/out", "--group-size", "7"], 2, "--group-size"),
  quantize("no such model", ["FOLDER/none", "FOLDER/out"], 4, "none"),
  quantize("OUT in no folder", ["FOLDER", "/dev/null/out"], 4, "/dev/null/out"),
  {
    ...quantize("a model cut short", ["FOLDER", "FOLDER/out"], 3, "model.safetensors"),
    files: { "model.safetensors": new Uint8Array(7) },
  },
];
