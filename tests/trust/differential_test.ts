/**
 * The verdicts of Python's readers on the corpus and some seeded files are stored in verdicts.json: this
 * program agrees, or the table lists the difference. `deno task differential --golden` writes the verdicts
 * again.
 */
import { assert, assertEquals } from "@std/assert";
import verdicts from "../../testdata/differential/verdicts.json" with { type: "json" };
import { disagreement, ownVerdict } from "./differential.ts";
import { differentialCases } from "./differential_cases.ts";
import { DIFFERENTIAL_KINDS } from "./differential_kinds.ts";
import type { Verdict } from "./python_readers.ts";
import { safetensorsFile } from "../support/checkpoint.ts";

const kept = new Map(
  (verdicts as { what: string; hash: string; verdict: Verdict }[]).map((one) => [one.hash, one.verdict]),
);

Deno.test("differential: accepted or refused, and read, as by Python's readers, but for what is agreed", async () => {
  const cases = differentialCases();
  let [judged, both, agreed] = [0, 0, 0];
  for (const { kind, what, file } of cases) {
    const verdict = kept.get(new Uint8Array(await crypto.subtle.digest("SHA-1", file.slice())).toHex());
    if (verdict === undefined) continue;
    judged++;
    const found = disagreement(kind, file, ownVerdict(kind, file), verdict);
    assert(found === undefined || found.agreed, `${what}: ${found?.difference}: ${found?.says}`);
    if (found) agreed++;
    else if ("read" in verdict) both++;
  }
  assert(judged > cases.length * 0.9, "most files have no verdict: deno task differential --golden");
  // If all verdicts were alike, this would test nothing.
  assert(
    both > 50 && agreed > 20 && agreed < judged / 3,
    `${both} read alike, ${agreed} agreed of ${judged}`,
  );
});

Deno.test("differential: what one side refuses or reads otherwise is found, and no row of the table hides it", () => {
  const [kind] = DIFFERENTIAL_KINDS;
  const file = safetensorsFile('{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}', 4);
  const ours = ownVerdict(kind, file) as { read: Record<string, unknown> };
  const other = { read: { ...ours.read, metadata: { more: "x" } } };
  const refused = { refused: "ValueError: nothing I know" };
  assertEquals(disagreement(kind, file, ours, ours), undefined);
  for (
    const [mine, theirs, difference, says] of [
      [ours, other, "read otherwise", 'metadata.more: ours none, theirs "x"'],
      [ours, refused, "only the reference refuses", refused.refused],
      [refused, ours, "only ours refuses", refused.refused],
    ] as const
  ) assertEquals(disagreement(kind, file, mine, theirs), { difference, says, agreed: undefined });
});
