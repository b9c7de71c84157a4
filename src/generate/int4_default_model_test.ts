/**
 * The default model in 4 bits: its loss in quality; weights quantized on disk equal those quantized while
 * loading.
 */
import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { quantizeCheckpoint } from "../checkpoint/int4/int4_quantize.ts";
import { Int4WeightOnlyConfig } from "../checkpoint/int4/int4_weight_only_config.ts";
import { defaultModelFolder } from "../checkpoint/files/locate.ts";
import { loadTokenizer } from "../tokenizer/mod.ts";
import { Session, type SessionOptions } from "./session.ts";
import { collect, request } from "../../tests/support/generate.ts";

const folder = defaultModelFolder();
const GROUP_SIZE = 64;

async function withSession<T>(
  path: string,
  options: SessionOptions,
  run: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await Session.load(path, { maxLength: 64, batchSize: 1, ...options });
  try {
    return await run(session);
  } finally {
    session.dispose();
  }
}

Deno.test("int4: perplexity of held-out text rises by less than 5 %, and a written checkpoint is the same model", async () => {
  const tokenizer = await loadTokenizer(folder);
  const text = await Deno.readTextFile(join(folder, "training", "heldout.txt"));
  const lines = text.split("\n").filter((line) => line).slice(0, 12).map((
    line,
  ) => [...tokenizer.encode(line)]);
  const perplexity = async (session: Session) => {
    let [sum, count] = [0, 0];
    for (const ids of lines) {
      const { loss } = await session.score(ids);
      sum += loss! * (ids.length - 1);
      count += ids.length - 1;
    }
    return Math.exp(sum / count);
  };
  const prompt = [...tokenizer.encode("Once upon a time")];
  const tell = async (session: Session) => {
    const [{ tokens }] = await collect(session, [request(prompt, { maxNewTokens: 8 })]);
    const { logits } = await session.score(prompt, { logits: true });
    return { tokens, logits, quantization: session.model.quantization };
  };
  const plain = await withSession(folder, {}, perplexity);
  const quantizationConfig = new Int4WeightOnlyConfig({ groupSize: GROUP_SIZE });
  const [small, onTheWay] = await withSession(folder, { quantizationConfig }, async (session) => {
    return [await perplexity(session), await tell(session)] as const;
  });
  assert(small < 1.05 * plain && small !== plain, `${plain} became ${small}`);
  assertEquals([onTheWay.tokens.length, onTheWay.quantization], [8, "int4"]);
  const temp = await Deno.makeTempDir();
  try {
    const written = join(temp, "int4");
    await quantizeCheckpoint(folder, written, { groupSize: GROUP_SIZE });
    assertEquals(await withSession(written, {}, tell), onTheWay);
  } finally {
    await Deno.remove(temp, { recursive: true });
  }
});
