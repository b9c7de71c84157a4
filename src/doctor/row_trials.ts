import type { LlamaConfig } from "../checkpoint/config/config.ts";
import { padTo8, type StorageDtype } from "../gpu/matrix.ts";
import { embed, gather, rmsNorm } from "../ops/embed_norm_gather.ts";
import { EPS, KernelTest, numbers, padRows, stored, trimRows } from "../trial/trial.ts";
import { embedding } from "../reference/embedding.ts";
import { rmsNorm as rmsNormTwin } from "../reference/rms_norm.ts";
import type { Trial } from "./finding.ts";

/** Sufficient number of table rows. */
const TABLE = 300;
/** Nothing is rounded here. */
const exact = () => 0;

/** Kernels that process whole rows. */
export function rowTrials(config: LlamaConfig, dtype: StorageDtype): Trial[] {
  const { hiddenSize: width, rmsNormEps: eps, vocabSize } = config;
  const rows = Math.min(vocabSize, TABLE);
  const ids = [rows - 1, 0, Math.floor(rows / 2), 0, 1 % rows];
  const stride = padTo8(width);
  return [
    {
      kernel: "embed_tokens",
      shape: `${dtype} ${rows} × ${width}`,
      run: async (gpu) => {
        using test = new KernelTest(gpu);
        const table = stored(numbers(1, rows * width), dtype);
        const x = test.output(ids.length * stride);
        embed(test.plan, {
          table: test.matrix(table, rows, width, dtype),
          x,
          batch: test.batch(ids.map((id) => [id, 0, 0, 0])),
          tokens: () => ids.length,
        });
        await test.run();
        const got = await test.read(x, ids.length * stride, "embed_tokens");
        return { got, want: padRows(embedding(ids, table, width), width, stride), bound: exact };
      },
    },
    {
      kernel: "rms_norm",
      shape: `5 × ${width}`,
      run: async (gpu) => {
        using test = new KernelTest(gpu);
        const [x, weight] = [numbers(1, 5 * width), numbers(2, width, 0.3, 1)];
        const y = test.filledOutput(new Float32Array(5 * stride).fill(NaN));
        rmsNorm(test.plan, {
          x: test.floats(padRows(x, width, stride)),
          y,
          weight: test.floats(padRows(weight, width, stride)),
          width,
          eps,
          batch: test.rows(5),
          tokens: () => 5,
        });
        await test.run();
        const want = rmsNormTwin(x, weight, 5, width, eps);
        const got = trimRows(await test.read(y, 5 * stride, "rms_norm"), width, stride);
        return { got, want, bound: (i) => (width / 64 + 10) * EPS * Math.abs(want[i]) };
      },
    },
    {
      kernel: "gather",
      shape: `3 of 7 × ${width}`,
      run: async (gpu) => {
        using test = new KernelTest(gpu);
        const x = numbers(1, 7 * stride);
        const y = test.output(3 * stride);
        gather(test.plan, {
          index: test.words([3, 6, 0, 3]),
          x: test.floats(x),
          y,
          width,
          count: () => 3,
        });
        await test.run();
        return {
          got: await test.read(y, 3 * stride, "gather"),
          want: embedding([6, 0, 3], x, stride),
          bound: exact,
        };
      },
    },
  ];
}
