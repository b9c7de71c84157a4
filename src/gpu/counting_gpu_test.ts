import { assertEquals } from "@std/assert";
import { Gpu } from "./gpu.ts";
import { allocateMatrix, freeMatrix, type MatrixFormat } from "./matrix.ts";

const INT4 = { groupSize: 32, scaleDtype: "bfloat16", zeroKind: "value" } as const;

Deno.test("Gpu.counting counts what a real device would allocate", async () => {
  const real = await Gpu.open();
  try {
    for (const software of [true, false]) {
      const traits = { ...real.traits, software };
      Object.defineProperty(real, "traits", { value: traits, configurable: true });
      const counting = Gpu.counting(traits, real.device.limits);
      for (const [rows, columns] of [[1, 32], [513, 64], [1279, 224], [3072, 192]]) {
        for (const format of ["float32", "float16", "bfloat16", INT4] satisfies MatrixFormat[]) {
          const matrices = [counting, real].map((gpu) => allocateMatrix(gpu, "m", rows, columns, format));
          assertEquals(counting.allocatedBytes, real.allocatedBytes, `${rows} × ${columns} ${format}`);
          freeMatrix(counting, matrices[0]);
          freeMatrix(real, matrices[1]);
          assertEquals([counting.allocatedBytes, real.allocatedBytes], [0, 0]);
        }
      }
      counting.storage("buffer", 17);
      assertEquals(counting.allocatedBytes, 32);
    }
    await real.check();
  } finally {
    real.dispose();
  }
});
