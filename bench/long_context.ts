/**
 * Milliseconds of a decoding step after 100 and after 1,900 positions, alternately. The KV cache holds zeros:
 * the cost of a step does not depend on its values.
 *
 *     deno run -A bench/long_context.ts MODEL_FOLDER [rounds 5]
 */
import { median } from "../src/gpu/timing.ts";
import { Decoder } from "../src/generate/decode/decoder.ts";
import { OFF } from "../src/generate/options/table.ts";
import { Session } from "../src/generate/mod.ts";

const [model, rounds = "5"] = Deno.args;
const session = await Session.load(model);
const decoder = new Decoder(session.model, 1, 2048);

async function step(position: number): Promise<number> {
  const ids = Array.from({ length: position }, (_, i) => i % session.model.config.vocabSize);
  decoder.admit({ slot: 0, ids }, { ...OFF, sequence: 0, blockedUntil: 0 }, []);
  const commands = decoder.encode(1, 1, position);
  const start = performance.now();
  decoder.submit(commands);
  await decoder.tokens();
  return performance.now() - start;
}

const times = { 100: [] as number[], 1900: [] as number[] };
for (let round = 0; round <= Number(rounds); round++) {
  for (const position of [100, 1900] as const) {
    const ms = await step(position);
    if (round > 0) times[position].push(ms);
  }
}
const [short, long] = [median(times[100]), median(times[1900])];
console.log(
  `after 100: ${short.toFixed(1)} ms, after 1,900: ${long.toFixed(1)} ms, ${(long / short).toFixed(2)} ×`,
);
decoder.dispose();
session.dispose();
