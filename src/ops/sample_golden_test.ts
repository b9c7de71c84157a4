/** The sample kernel: 10,000 draws against the distributions of transformers' processors. */
import { assert } from "@std/assert";
import { chiSquare } from "../reference/chi_square.ts";
import { softmax } from "../reference/softmax.ts";
import { GOLDEN } from "../../tests/support/golden.ts";
import { draw, withGpu } from "../../tests/support/sample.ts";

const DRAWS = 10_000;

interface Golden {
  texts: Record<string, { ids: number[]; promptLength: number }>;
  scores: Record<string, string>;
  cases: { options: Options; text: string; scores: string; beams: number; processed: string }[];
}

interface Options {
  doSample?: boolean;
  temperature?: number;
  topK?: number;
  topP?: number;
  minP?: number;
  repetitionPenalty?: number;
  minNewTokens?: number;
  eosTokenIds: number[];
}

/** Options that the kernel implements. */
const KNOWN = new Set(
  "doSample temperature topK topP minP repetitionPenalty minNewTokens eosTokenIds".split(" "),
);

function floats(data: string): Float64Array {
  const bytes = Uint8Array.from(atob(data), (char) => char.charCodeAt(0));
  return Float64Array.from(new Float32Array(bytes.buffer));
}

Deno.test("sample: 10,000 draws fit the distributions of transformers' processors", () =>
  withGpu(async (gpu) => {
    const golden: Golden = JSON.parse(Deno.readTextFileSync(new URL("processors.json", GOLDEN)));
    const known = golden.cases.filter(({ options, scores, beams }) =>
      beams === 1 && scores === "usual" && options.topK !== 100 && options.minP !== 1 &&
      Object.keys(options).every((name) => KNOWN.has(name))
    );
    // One text and one value per option.
    const cases = [...new Map(known.map((one) => [Object.keys(one.options).join(), one])).values()];
    assert(cases.length >= 8, `${cases.length} cases`);
    for (const { options, text, scores, processed } of cases) {
      const { ids, promptLength } = golden.texts[text];
      const one = {
        logits: floats(golden.scores[scores]),
        sampler: options.doSample ? options : {},
        penalty: options.repetitionPenalty,
        seen: ids,
        blocked: options.eosTokenIds,
        blockedUntil: Math.max(0, (options.minNewTokens ?? 0) - (ids.length - promptLength)),
      };
      const { tokens } = await draw(
        gpu,
        Array.from({ length: DRAWS }, (_, i) => ({ ...one, seed: BigInt(i) })),
        1,
      );
      const place = `${JSON.stringify(options)}, ${text}, ${scores}`;
      const shares = softmax(floats(processed), 1, one.logits.length);
      const counts = new Float64Array(shares.length);
      for (const [token] of tokens) counts[token]++;
      counts.forEach((count, id) =>
        assert(count === 0 || shares[id] > 0, `${place}: drew ${id}, which is removed`)
      );
      const { square, classes, limit } = chiSquare(counts, shares.map((share) => share * DRAWS));
      assert(square <= limit, `${place}: chi-square ${square} of ${classes} classes, limit ${limit}`);
    }
  }));
