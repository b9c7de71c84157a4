import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { LlamaConfig } from "../../checkpoint/config/config.ts";
import { applyRope, type RopeConfig, ropeParameters } from "../../reference/rope.ts";
import { GOLDEN, type Tensor, unpack } from "../../../tests/support/golden.ts";
import { rotaryFrequencies, rotaryRegime, rotaryTable } from "./rotary.ts";

interface Golden {
  config: RopeConfig;
  length: number;
  inverseFrequencies: Tensor;
  attentionScaling: number;
}

/** Bound on float32 rounding of a frequency. */
const BOUND = 8 * 2 ** -24;

Deno.test("rotaryFrequencies: transformers' for every rope type", async () => {
  const cases: Golden[] = JSON.parse(await Deno.readTextFile(new URL("rope.json", GOLDEN)));
  assert(cases.length > 20);
  for (const { config, length, inverseFrequencies, attentionScaling } of cases) {
    const name = `${JSON.stringify(config).slice(0, 200)} at ${length}`;
    const got = rotaryFrequencies(LlamaConfig.from(config), length);
    const want = unpack(inverseFrequencies);
    assertEquals(got.inverse.length, want.length, name);
    want.forEach((f, i) => assertAlmostEquals(got.inverse[i], f, BOUND * f, `${name}: frequency ${i}`));
    assertAlmostEquals(got.attentionScaling, attentionScaling, 1e-12, name);
  }
});

const base = { hidden_size: 48, num_attention_heads: 3, max_position_embeddings: 12 };
const factors = (from: number) => Array.from({ length: 8 }, (_, i) => from + i / 4);
const SCALED: RopeConfig[] = [
  base,
  { ...base, rope_scaling: { rope_type: "dynamic", factor: 2 } },
  { ...base, rope_scaling: { rope_type: "yarn", factor: 4, original_max_position_embeddings: 12 } },
  {
    ...base,
    original_max_position_embeddings: 6,
    rope_scaling: { rope_type: "longrope", short_factor: factors(1), long_factor: factors(3) },
  },
];

/** cos and sin of a pair's rotation, from the reference's rotation of (1, 0). */
function turn(config: RopeConfig, length: number, position: number): { cos: number; sin: number }[] {
  const pairs = new Float64Array(16).fill(1, 0, 8);
  const turned = applyRope(pairs, [position], 1, 16, ropeParameters(config, length));
  return Array.from({ length: 8 }, (_, i) => ({ cos: turned[i], sin: turned[i + 8] }));
}

function checkTable(config: RopeConfig, from: number, count: number, length: number | undefined) {
  const table = rotaryTable(LlamaConfig.from(config), from, count, length);
  assertEquals(table.length, count * 16);
  for (let row = 0; row < count; row++) {
    const position = from + row;
    for (const [i, { cos, sin }] of turn(config, length ?? position + 1, position).entries()) {
      const name = `${JSON.stringify(config)}: length ${length}, position ${position}, pair ${i}`;
      // An angle's error is a rounding of the frequency times the position.
      assertAlmostEquals(table[(row * 8 + i) * 2], cos, BOUND * (position + 4), name);
      assertAlmostEquals(table[(row * 8 + i) * 2 + 1], sin, BOUND * (position + 4), name);
    }
  }
}

Deno.test("rotaryTable: with a length, every position as in a forward that long", () => {
  for (const config of SCALED) {
    for (const length of [1, 6, 7, 12, 13, 31]) checkTable(config, 0, 20, length);
  }
});

Deno.test("rotaryTable: without one, every position as the last of its sequence", () => {
  for (const config of SCALED) checkTable(config, 3, 30, undefined);
});

Deno.test("rotaryTable: position 0 does not turn", () => {
  assertEquals([...rotaryTable(LlamaConfig.from(base), 0, 1)], new Array(8).fill([1, 0]).flat());
});

Deno.test("rotaryRegime: changes where the frequencies do", () => {
  for (const config of SCALED) {
    const ours = LlamaConfig.from(config);
    for (let length = 1; length < 20; length++) {
      const same = rotaryRegime(ours, length) === rotaryRegime(ours, length + 1);
      const [a, b] = [length, length + 1].map((n) => [...rotaryFrequencies(ours, n).inverse]);
      assertEquals(same, a.every((f, i) => f === b[i]), `${JSON.stringify(config)}: ${length}`);
    }
  }
});
