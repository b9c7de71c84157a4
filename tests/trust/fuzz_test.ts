/** Each parser on inputs of a fixed seed; `deno task fuzz` runs for a given time. */
import { assert } from "@std/assert";
import { fuzz } from "./fuzz.ts";
import { withTargets } from "./fuzz_targets.ts";

const INPUTS = 2000;

Deno.test("fuzz: accepted or refused in one line, soon, with little memory", async (t) => {
  await withTargets(async (targets) => {
    for (const target of targets) {
      await t.step(target.name, async () => {
        const { accepted, refused } = await fuzz(target, { seed: 1, count: INPUTS });
        // If all inputs were bad, or all good, this would test nothing.
        assert(accepted > INPUTS / 20 && refused > INPUTS / 20, `${accepted} accepted, ${refused} refused`);
      });
    }
  });
});
