import type { LlamaConfig } from "../checkpoint/config/config.ts";
import { padTo8 } from "../gpu/matrix.ts";
import { attention, attentionWeights, partialBytes } from "../ops/attention.ts";
import { promptTile, splitsOf, WHOLE_KEYS } from "../ops/attention_cut.ts";
import type { KvDtype } from "../ops/kv_layer.ts";
import { headStride } from "../ops/linear.ts";
import { keptRows, kvLayer } from "../trial/kv_trial.ts";
import { EPS, KernelTest, numbers, padRows, trimRows } from "../trial/trial.ts";
import { attention as attentionTwin, MASKED } from "../reference/attention.ts";
import type { Trial } from "./finding.ts";

/** A single token over split keys, and a range of prompt tokens after others, causal and with a mask. */
const STRETCHES = [
  { first: 2 * WHOLE_KEYS + 99, count: 1, masked: false },
  { first: 70, count: 21, masked: false },
  { first: 70, count: 21, masked: true },
];

/** Attention with a model's heads, reduced in number if there are many, over keys and values of a storage type. */
export function attentionTrials(config: LlamaConfig, dtype: KvDtype): Trial[] {
  const { headDim } = config;
  const kvHeads = Math.min(2, config.numKeyValueHeads);
  const heads = kvHeads * config.numAttentionHeads / config.numKeyValueHeads;
  const shape = { heads, kvHeads, headDim };
  return STRETCHES.flatMap(({ first, count, masked }): Trial[] => {
    const keyCount = first + count;
    const sizes =
      `${heads} heads of ${headDim}, ${kvHeads} for keys, ${count} queries, ${keyCount} keys in ${dtype}${
        masked ? ", mask" : ""
      }`;
    const prepare = (test: KernelTest) => {
      const stride = headStride(headDim);
      const q = numbers(1, count * heads * headDim);
      const [k, v] = [2, 3].map((seed) =>
        keptRows(numbers(seed, keyCount * kvHeads * headDim), headDim, dtype)
      );
      // The reference has keys by position, then head; the cache the other way round.
      const cached = (values: Float64Array) =>
        Float64Array.from(values, (_, i) => {
          const [feature, key, head] = [
            i % headDim,
            Math.floor(i / headDim) % keyCount,
            Math.floor(i / headDim / keyCount),
          ];
          return values[(key * kvHeads + head) * headDim + feature];
        });
      const rows = Array.from({ length: count }, (_, i) => [0, 0, first + i, first + i]);
      const mask = masked ? someMask(count, keyCount) : undefined;
      const twin = attentionTwin({
        mask,
        q,
        k,
        v,
        queries: count,
        keys: keyCount,
        heads,
        keyValueHeads: kvHeads,
        headDim,
      });
      const largest = (x: Float64Array) => x.reduce((most, n) => Math.max(most, Math.abs(n)), 0);
      const score = Math.sqrt(headDim) * largest(q) * largest(k);
      const bound = EPS * (Math.sqrt(headDim) * score + 4 * Math.sqrt(keyCount) + 16) * largest(v);
      return {
        twin,
        bound: () => bound,
        inputs: {
          ...shape,
          q: test.floats(padRows(q, headDim, stride)),
          kv: kvLayer(
            test,
            shape,
            dtype,
            { keys: cached(k), values: cached(v), slots: 1, capacity: keyCount },
            test.gpu.traits.software && headDim % 8 === 0,
          ),
          batch: test.batch(rows, keyCount, keyCount),
          mask: mask && test.floats(mask),
          scale: headDim ** -0.5,
          tokens: () => count,
        },
      };
    };
    return [{
      kernel: masked
        ? "attention under a mask"
        : count === 1
        ? "attention + combine"
        : "attention of a prompt",
      shape: sizes,
      run: async (gpu) => {
        using test = new KernelTest(gpu);
        const { twin, bound, inputs } = prepare(test);
        const [width, outStride] = [heads * headDim, padTo8(heads * headDim)];
        const tile = count === 1 ? 1 : promptTile(shape, gpu.traits);
        const tiles = Array.from({ length: Math.ceil(count / tile) }, (_, i) => [
          i * tile,
          Math.min(tile, count - i * tile),
        ]);
        const splits = count === 1 ? splitsOf(keyCount, gpu.traits) : 1;
        const out = test.output(count * outStride);
        attention(test.plan, {
          label: "attention",
          ...inputs,
          workspace: {
            ...inputs,
            tiles: test.words(tiles.flat()),
            tileTokens: tile,
            attended: out,
            mirrors: {},
            partial: test.output(partialBytes(shape, count, splits) / 4, "partial"),
            count,
            tileCount: tiles.length,
            splits,
            reach: keyCount,
          },
        });
        await test.run();
        const got = trimRows(await test.read(out, count * outStride, "attention"), width, outStride);
        return { got, want: twin.output, bound };
      },
    }, {
      kernel: "attention weights",
      shape: sizes,
      run: async (gpu) => {
        using test = new KernelTest(gpu);
        const { twin, bound, inputs } = prepare(test);
        const size = count * heads * keyCount;
        const weights = test.output(size);
        attentionWeights(test.plan, { ...inputs, weights, keyCount });
        await test.run();
        const got = await test.read(weights, size, "attention weights");
        // The reference orders heads before queries.
        const want = got.map((_, i) => {
          const [key, head, query] = [
            i % keyCount,
            Math.floor(i / keyCount) % heads,
            Math.floor(i / keyCount / heads),
          ];
          return twin.weights[(head * count + query) * keyCount + key];
        });
        return { got, want, bound };
      },
    }];
  });
}

/** A mask of zeros, masked entries and values in between; some queries are fully masked. */
function someMask(queries: number, keys: number): Float64Array {
  return Float64Array.from({ length: queries * keys }, (_, i) => {
    const [query, key] = [Math.floor(i / keys), i % keys];
    if (query % 4 === 1 || (query + key) % 5 === 0) return MASKED;
    return key % 3 === 0 ? -1.5 : 0;
  });
}
