/**
 * Tokens per second of several sequences in a batch and one after another, alternately; the tokens must be
 * equal.
 *
 *     deno run -A bench/batches.ts MODEL_FOLDER [float16|int4] [sequences 8] [tokens 16] [rounds 3]
 */
import { median } from "../src/gpu/timing.ts";
import { type GenerationRequest, Session } from "../src/generate/mod.ts";
import { OFF } from "../src/generate/options/table.ts";

const [model, storage = "float16", sequences = "8", tokens = "16", rounds = "3"] = Deno.args;
const requests: GenerationRequest[] = Array.from({ length: Number(sequences) }, (_, i) => ({
  ids: Array.from({ length: 16 }, (_, k) => 300 + ((i * 16 + k) * 7919) % 30000),
  options: { ...OFF, maxNewTokens: Number(tokens) + 1 },
}));

/** Milliseconds per token after the first tokens, and all tokens. */
async function run(
  session: Session,
  batches: GenerationRequest[][],
): Promise<{ ms: number; made: number[][] }> {
  const made: number[][] = [];
  let ms = 0;
  for (const batch of batches) {
    const rows = batch.map(() => [] as number[]);
    const begun = new Set<number>();
    let start = 0;
    for await (const event of session.generate(batch)) {
      rows[event.index].push(...event.tokens);
      begun.add(event.index);
      if (start === 0 && begun.size === batch.length) start = performance.now();
    }
    ms += performance.now() - start;
    made.push(...rows);
  }
  return { ms, made };
}

const quantizationConfig = storage === "int4" ? { groupSize: 128 } : undefined;
const session = await Session.load(model, {
  dtype: storage === "int4" ? "auto" : storage as "float16",
  quantizationConfig,
  batchSize: requests.length,
});
const speeds = { together: [] as number[], alone: [] as number[] };
const count = requests.length * Number(tokens);
for (let round = 0; round <= Number(rounds); round++) {
  const together = await run(session, [requests]);
  const alone = await run(session, requests.map((one) => [one]));
  if (JSON.stringify(together.made) !== JSON.stringify(alone.made)) throw new Error("the tokens differ");
  if (round === 0) continue; // compiles
  speeds.together.push(count / together.ms * 1e3);
  speeds.alone.push(count / alone.ms * 1e3);
}
const [together, alone] = [median(speeds.together), median(speeds.alone)];
console.log(
  `${storage}: ${together.toFixed(2)} tokens/s together, ${alone.toFixed(2)} one by one, ` +
    `${(together / alone).toFixed(2)} ×`,
);
session.dispose();
