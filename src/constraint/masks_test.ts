import { assert, assertEquals } from "@std/assert";
import { Random } from "../base/random.ts";
import { Masks } from "./masks.ts";
import { Matcher } from "./matcher.ts";
import { compileSchema } from "./schema/compile.ts";
import type { Json } from "./schema/located.ts";
import { Vocabulary } from "./vocabulary.ts";

/** All single bytes, and tokens that cross the borders of strings, escapes, counts and characters. */
function vocabulary(): Vocabulary {
  const texts = [
    '"',
    '":',
    '":"',
    '","',
    '"}',
    "{}",
    '{"',
    "ab",
    "abc",
    "aaaa",
    "\\n",
    '\\"',
    "12",
    "100",
    "é",
    "}]",
    "true",
    "  ",
  ];
  const bytes = Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte));
  const encoded = texts.map((text) => new TextEncoder().encode(text));
  // Two tokens without text, one with the bytes of another, and half a character with what precedes it.
  return new Vocabulary(
    [undefined, new Uint8Array(0), ...bytes, ...encoded, Uint8Array.of(0x61), Uint8Array.of(0x61, 0xc3)],
    300,
  );
}

const SCHEMAS: readonly Json[] = [
  { type: "object" },
  { type: "string", minLength: 2, maxLength: 9 },
  { type: "string", pattern: "^a+b?$", maxLength: 6 },
  { type: "array", items: { type: "integer", minimum: 10, maximum: 1200 }, minItems: 1, maxItems: 500 },
  { type: "object", properties: { ab: { type: "string" }, abc: { type: "boolean" } }, required: ["ab"] },
];

/** The ids that a mask allows. */
function idsOf(bits: Uint32Array): number[] {
  return Array.from({ length: bits.length * 32 }, (_, id) => id).filter((id) =>
    bits[id >> 5] >>> (id & 31) & 1
  );
}

Deno.test("masks: a mask has exactly the tokens that a matcher takes, in every state of a random text", () => {
  const words = vocabulary();
  const random = new Random(7);
  for (const schema of SCHEMAS) {
    const masks = new Masks(compileSchema(schema), words);
    for (let round = 0; round < 8; round++) {
      const matcher = new Matcher(masks);
      for (let step = 0; step < 25 && !matcher.mustEnd; step++) {
        const { bits, count, only } = matcher.mask();
        const allowed = idsOf(bits);
        const takes = words.texts.flatMap((_, id) => matcher.copy().take(id) ? [id] : []);
        assertEquals(allowed, takes, JSON.stringify(schema));
        assertEquals([count, only], [allowed.length, allowed.length === 1 ? allowed[0] : undefined]);
        if (allowed.length === 0) break;
        const id = random.of(allowed);
        assert(matcher.take(id));
      }
    }
  }
});

Deno.test("masks: a long counted text needs few masks", () => {
  const words = vocabulary();
  const masks = new Masks(compileSchema({ type: "string", maxLength: 65_536 }), words);
  const matcher = new Matcher(masks);
  assert(matcher.takeBytes(new TextEncoder().encode('"')));
  for (let i = 0; i < 3000; i++) {
    matcher.mask();
    assert(matcher.takeBytes(new TextEncoder().encode("a")));
  }
  assertEquals(masks.computed, 1);
});
