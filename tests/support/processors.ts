/** Cases of transformers' processors, from testdata/golden/processors.json. */
import type { ProcessorOptions } from "../../src/generate/options/types.ts";
import type { LogitsProcessor } from "../../src/generate/processors/types.ts";

/** Scores before and after the processors that some options select. */
export interface ProcessorCase {
  options: ProcessorOptions;
  text: string;
  ids: number[];
  promptLength: number;
  scores: string;
  beams: number;
  before: Float32Array;
  processed: Float32Array;
}

interface File {
  texts: Record<string, { ids: number[]; promptLength: number }>;
  scores: Record<string, string>;
  cases: (Pick<ProcessorCase, "options" | "text" | "scores" | "beams"> & { processed: string })[];
}

function readGolden(): { cases: ProcessorCase[]; scores: Map<string, Float32Array> } {
  const url = new URL("../../testdata/golden/processors.json", import.meta.url);
  const file: File = JSON.parse(Deno.readTextFileSync(url));
  const scores = new Map(Object.entries(file.scores).map(([name, data]) => [name, floats(data)]));
  const cases = file.cases.map((one) => ({
    ...one,
    ...file.texts[one.text],
    options: {
      ...one.options,
      // null encodes minus infinity there.
      sequenceBias: one.options.sequenceBias?.map(([ids, bias]) => [ids, bias ?? -Infinity] as const),
    },
    before: scores.get(one.scores)!,
    processed: floats(one.processed),
  }));
  return { cases, scores };
}

function floats(data: string): Float32Array {
  return new Float32Array(Uint8Array.from(atob(data), (char) => char.charCodeAt(0)).buffer);
}

/** The golden cases, decoded. */
export const golden = readGolden();

/** The processors' output for a case's scores. */
export function processedBy(processors: readonly LogitsProcessor[], one: ProcessorCase): Float32Array {
  const scores = one.before.slice();
  for (const processor of processors) processor(one.ids, scores, { promptLength: one.promptLength });
  return scores;
}
