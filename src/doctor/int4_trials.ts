import type { LlamaConfig } from "../checkpoint/config/config.ts";
import { freeMatrix, type Int4Format, padTo8 } from "../gpu/matrix.ts";
import { int4Matrix, int4Rows } from "../trial/int4_trial.ts";
import type { GpuTraits } from "../gpu/gpu.ts";
import { linear, storeTo } from "../ops/linear.ts";
import { type Columns, inTiles } from "../ops/tuning.ts";
import { EPS, KernelTest, numbers, padRows, trimRows } from "../trial/trial.ts";
import { linear as linearTwin } from "../reference/linear.ts";
import { rmsNorm } from "../reference/rms_norm.ts";
import type { Trial } from "./finding.ts";

const ROWS = 128;

/** The 4-bit formats: torchao's, GPTQ's, and GPTQ's with columns in activation order. */
const FORMS: readonly { name: string; format: Omit<Int4Format, "groupSize">; ordered?: boolean }[] = [
  { name: "int4", format: { scaleDtype: "bfloat16", zeroKind: "value" } },
  { name: "int4 of GPTQ", format: { scaleDtype: "float16", zeroKind: "point" } },
  { name: "int4 in an order", format: { scaleDtype: "float16", zeroKind: "point" }, ordered: true },
];

/** Linear maps of a model's width in 4 bits, for a single token, several, and a prompt. */
export function int4Trials({ hiddenSize, rmsNormEps: eps }: LlamaConfig, traits: GpuTraits): Trial[] {
  // Weights in 4 bits have whole groups.
  const width = Math.ceil(hiddenSize / 32) * 32;
  const groupSize = [128, 64, 32].find((size) => width % size === 0)!;
  const work: readonly (readonly [number, Columns])[] = [
    [1, 1],
    [5, 8],
    ...(inTiles(traits, "prompt") ? [[3, "prompt"]] as const : []),
  ];
  return FORMS.flatMap(({ name, format: form, ordered }) =>
    work.map(([tokens, columns]): Trial => {
      const format = { ...form, groupSize };
      const kernel = `norm + linear, ${name}`;
      return {
        kernel,
        shape: `groups of ${groupSize}, ${ROWS} × ${width}, ${tokens} tokens${
          columns === "prompt" ? " in tiles" : ""
        }`,
        run: async (gpu) => {
          const order = ordered ? inTurns(width, groupSize) : undefined;
          const { weight, values } = int4Rows(ROWS, width, format, order);
          const [x, gain] = [numbers(1, tokens * width), numbers(3, width, 0.2, 1)];
          const input = rmsNorm(x, gain, tokens, width, eps);
          const want = linearTwin(input, weight, undefined, tokens, width, ROWS);
          // Codes and the zero are summed separately: at most 16 scales each, of 0.08 at most.
          const span = weight.map((w) => Math.abs(w) + 3);
          const size = linearTwin(input.map(Math.abs), span, undefined, tokens, width, ROWS);
          using test = new KernelTest(gpu);
          const stride = padTo8(ROWS);
          const y = test.output(tokens * stride);
          const matrix = int4Matrix(gpu, width, format, values, order);
          try {
            linear(test.plan, {
              label: "linear",
              matrix,
              x: test.floats(padRows(x, width, padTo8(width))),
              batch: test.rows(tokens),
              tokens: () => tokens,
              columns,
              norm: { weight: test.floats(padRows(gain, width, padTo8(width))), eps },
              finish: storeTo(y, stride),
            });
            await test.run();
            const got = trimRows(await test.read(y, tokens * stride, kernel), ROWS, stride);
            return { got, want, bound: (i) => EPS * (width / 4 + 40) * size[i] };
          } finally {
            freeMatrix(gpu, matrix);
          }
        },
      };
    })
  );
}

/** Interleaves the columns of all groups. */
function inTurns(width: number, groupSize: number): Uint32Array {
  const groups = width / groupSize;
  return Uint32Array.from({ length: width }, (_, i) => i % groups * groupSize + Math.floor(i / groups));
}
