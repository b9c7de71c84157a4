import type { FuzzTarget } from "./fuzz.ts";
import { callsTarget, grammarsTarget, patternsTarget, schemasTarget } from "./fuzz_constraints.ts";
import { configTarget, indexTarget, safetensorsTarget } from "./fuzz_checkpoints.ts";
import { requestsTarget } from "./fuzz_requests.ts";
import { recordsTarget } from "./fuzz_prompts.ts";
import { tokenizerConfigTarget } from "./fuzz_tokenizer_classes.ts";
import { chatTemplateTarget, tokenizerJsonTarget, tokenizerModelTarget } from "./fuzz_tokenizers.ts";

/** Provides every target while `work` runs: some need a folder. */
export async function withTargets<T>(work: (targets: readonly FuzzTarget[]) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir({ prefix: "llama-fuzz-" });
  try {
    return await work([
      safetensorsTarget,
      indexTarget(folder),
      configTarget,
      tokenizerModelTarget,
      tokenizerJsonTarget,
      tokenizerConfigTarget,
      recordsTarget,
      chatTemplateTarget,
      requestsTarget,
      schemasTarget,
      patternsTarget,
      grammarsTarget,
      callsTarget,
    ]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
