/**
 * A prompt's rows without a device, for tests of their file. As a process: writes two of them into a file
 * alternately, until it is killed.
 */
import {
  openPromptCacheFile,
  type PromptCacheOwner,
  writePromptCacheFile,
} from "../../src/generate/prompt_cache/prompt_cache_file.ts";

type PromptRows = Parameters<typeof writePromptCacheFile>[2];

const OWNER: PromptCacheOwner = {
  model: "ab".repeat(32),
  dtype: "float32",
  shape: { heads: 4, kvHeads: 2, headDim: 16, layers: 3, dtype: "float32" },
  vocabSize: 1000,
};

/** Rows of a prompt of that many tokens, identified by a number. */
export function cachedPrompt(which: number, tokens: number): PromptRows {
  const { kvHeads, headDim } = OWNER.shape;
  return {
    ids: Array.from({ length: tokens }, (_, i) => (i * 7 + which) % OWNER.vocabSize),
    regime: tokens,
    read: (layer, part) => {
      const value = which + layer / 8 + (part === "keys" ? 0 : 0.5);
      const rows = new Float32Array(kvHeads * tokens * headDim).fill(value);
      return Promise.resolve(new Uint8Array(rows.buffer));
    },
  };
}

/** Writes them as `--prompt-cache` does. */
export function writeCached(path: string, rows: PromptRows): Promise<void> {
  return writePromptCacheFile(path, OWNER, rows);
}

/** All contents of a file, as `--prompt-cache` reads it; undefined if there is none. */
export async function readCached(path: string): Promise<{ ids: number[]; rows: number[][] } | undefined> {
  const file = await openPromptCacheFile(path, OWNER);
  if (file === undefined) return undefined;
  try {
    const rows: number[][] = [];
    for (let layer = 0; layer < OWNER.shape.layers; layer++) {
      for (const part of ["keys", "values"] as const) rows.push([...await file.read(layer, part)]);
    }
    return { ids: [...file.ids], rows };
  } finally {
    file.close();
  }
}

if (import.meta.main) {
  const [path, tokens] = Deno.args;
  for (let turn = 0;; turn++) {
    await writeCached(path, cachedPrompt(turn % 2, Number(tokens)));
    await Deno.stdout.write(new Uint8Array([0x2e]));
  }
}
