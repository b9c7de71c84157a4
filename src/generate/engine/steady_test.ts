import { numbered } from "./method.ts";
import { assertEquals, assertGreater } from "@std/assert";
import {
  type EngineOptions,
  modelForAll,
  prompt,
  request,
  runEngine,
} from "../../../tests/support/generate.ts";
import type { GenerationOptions } from "../options/types.ts";

const { gpu, model } = await modelForAll("generate");

/** Device calls that create lasting objects, or that cost more than recording. */
const LASTING = [
  "createBuffer",
  "createTexture",
  "createSampler",
  "createBindGroup",
  "createBindGroupLayout",
  "createPipelineLayout",
  "createShaderModule",
  "createComputePipeline",
  "createComputePipelineAsync",
  "createQuerySet",
  "writeBuffer",
  "writeTexture",
] as const;

/** Number of calls of each during a run, and number of submits. */
async function calls(
  run: () => Promise<unknown>,
): Promise<{ lasting: Record<string, number>; submits: number }> {
  const lasting: Record<string, number> = {};
  let submits = 0;
  const { device } = gpu;
  const watched: [object, string, () => void][] = [
    ...LASTING.map((name): [object, string, () => void] => [
      name.startsWith("write") ? device.queue : device,
      name,
      () => lasting[name] = (lasting[name] ?? 0) + 1,
    ]),
    [device.queue, "submit", () => submits++],
  ];
  for (const [owner, name, count] of watched) {
    const own = Reflect.get(owner, name).bind(owner);
    const counted = (...values: unknown[]) => {
      count();
      return own(...values);
    };
    Object.defineProperty(owner, name, { value: counted, configurable: true });
  }
  try {
    await run();
  } finally {
    for (const [owner, name] of watched) Reflect.deleteProperty(owner, name);
  }
  return { lasting, submits };
}

const SAMPLES: Partial<GenerationOptions> = {
  doSample: true,
  temperature: 0.8,
  topK: 20,
  topP: 0.9,
  seed: 7n,
};

const CASES: [name: string, sequences: number, options: Partial<GenerationOptions>][] = [
  ["greedy, alone", 1, {}],
  ["sampling, alone", 1, SAMPLES],
  ["greedy, a batch of 3", 3, {}],
  ["sampling, a batch of 3", 3, SAMPLES],
];

for (const [name, batchSize, options] of CASES) {
  Deno.test(`Engine: 64 more tokens create no more objects on the device: ${name}`, async () => {
    const engineOptions: EngineOptions & { model: typeof model } = { model, batchSize, maxLength: 300 };
    const generate = (maxNewTokens: number) =>
      runEngine(engineOptions, async (engine) => {
        const requests = Array.from(
          { length: batchSize },
          (_, i) => request(prompt(i, 5), { ...options, maxNewTokens }),
        );
        const made = requests.map(() => 0);
        for await (const { index, tokens } of engine.generate(numbered(requests))) {
          made[index] += tokens.length;
        }
        assertEquals(made, requests.map(() => maxNewTokens));
      });
    // Pipelines belong to the device and are kept: the very first engine compiles them.
    await generate(4);
    const few = await calls(() => generate(4));
    const many = await calls(() => generate(68));
    assertGreater(few.lasting.createBuffer, 10, "counts");
    assertGreater(few.lasting.createBindGroup, 10, "counts");
    assertGreater(few.submits, 1, "counts");
    assertEquals(many.lasting, few.lasting);
  });
}
