/** Storage types of keys and values on the default model: against transformers in 16 bits, and by perplexity. */
import { assertEquals, assertLess } from "@std/assert";
import { join } from "@std/path";
import { defaultModelFolder } from "../../checkpoint/files/locate.ts";
import { Gpu } from "../../gpu/gpu.ts";
import { type LoadedModel, openModel } from "../../model/weights/load.ts";
import { causalHead } from "../../model/weights/weights.ts";
import { loadTokenizer } from "../../tokenizer/mod.ts";
import { score } from "./score.ts";
import { withKvCache } from "../../../tests/support/generate.ts";
import { GOLDEN } from "../../../tests/support/golden.ts";

/** Logits after each id, of each `step`-th id of the vocabulary, in 16 bits and base64. */
interface Golden {
  readonly ids: number[];
  readonly step: number;
  readonly logits: Readonly<
    Record<"bfloat16" | "float16", { readonly eager: string; readonly sdpa: string }>
  >;
}

const golden: Golden = JSON.parse(await Deno.readTextFile(new URL("kv.json", GOLDEN)));

/** Held-out text for the perplexity. */
const TOKENS = 512;

async function withModel(
  options: { dtype?: "float16" | "bfloat16" },
  run: (model: LoadedModel) => Promise<void>,
): Promise<void> {
  using gpu = await Gpu.open();
  const model = await openModel(defaultModelFolder(), causalHead, { gpu, ...options });
  try {
    await run(model);
  } finally {
    model.dispose();
  }
}

function unpackHalves(data: string, dtype: "bfloat16" | "float16"): Float32Array {
  const { buffer } = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  if (dtype === "float16") return Float32Array.from(new Float16Array(buffer));
  return new Float32Array(Uint32Array.from(new Uint16Array(buffer), (bits) => bits << 16).buffer);
}

/** Root of the mean squared difference. */
function distance(a: ArrayLike<number>, b: Float32Array): number {
  return Math.sqrt(b.reduce((sum, x, i) => sum + (x - a[i]) ** 2, 0) / b.length);
}

for (const dtype of ["bfloat16", "float16"] as const) {
  Deno.test(`logits in ${dtype}: as near to transformers as its two attention implementations to each other`, () =>
    withModel({ dtype }, async (model) => {
      const { ids, step, logits } = golden;
      const [eager, sdpa] = [logits[dtype].eager, logits[dtype].sdpa].map((data) =>
        unpackHalves(data, dtype)
      );
      const { logits: rows } = await score(model, ids, { logits: true });
      const ours = rows!.flatMap((row) => [...row].filter((_, id) => id % step === 0));
      const between = distance(eager, sdpa);
      // sdpa is transformers' default. Its eager attention rounds more often: in float16 the exact logits are as far from it.
      assertLess(distance(ours, sdpa), between, "sdpa");
      assertLess(distance(ours, eager), 1.05 * between, "eager");
    }));
}

Deno.test("perplexity in float16 and int8: within 0.1 % of float32's", () =>
  withModel({}, async (model) => {
    const tokenizer = await loadTokenizer(defaultModelFolder());
    const text = await Deno.readTextFile(join(defaultModelFolder(), "training/heldout.txt"));
    const ids = tokenizer.encode(text.slice(0, 4000)).slice(0, TOKENS);
    assertEquals(ids.length, TOKENS);
    const perplexities = new Map<string, number>();
    for (const dtype of ["float32", "float16", "int8"] as const) {
      perplexities.set(dtype, (await score(withKvCache(model, dtype), ids)).perplexity!);
    }
    const exact = perplexities.get("float32")!;
    for (const dtype of ["float16", "int8"]) {
      assertLess(Math.abs(perplexities.get(dtype)! / exact - 1), 1e-3, `${dtype}: ${[...perplexities]}`);
    }
  }));
