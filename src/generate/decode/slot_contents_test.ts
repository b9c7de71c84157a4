import { assertEquals } from "@std/assert";
import { type PromptKey, SlotContents } from "./slot_contents.ts";

function key(ids: number[], regime = 0, salt = ""): PromptKey {
  return { ids, regime, salt };
}

/** A slot after a prompt of five ids and three generated tokens, the last of which has no row yet. */
function used(capacity = 64): SlotContents {
  const contents = new SlotContents(capacity);
  contents.begin(key([1, 2, 3, 4, 5], 0), 0);
  contents.ran(0, 5);
  contents.append([6, 7, 8], 7);
  return contents;
}

Deno.test("a slot serves prompts with the same prefix, from its prompt rows only by default", () => {
  const contents = used();
  const longer = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  assertEquals(contents.shared(key(longer, 0), "prompt"), 5);
  assertEquals(contents.shared(key(longer, 0), "all"), 7);
  assertEquals(contents.shared(key(longer, 0), "none"), 0);
  assertEquals(contents.shared(key(longer, 1), "all"), 0, "other rotary frequencies");
  assertEquals(contents.shared(key([1, 2, 9, 4], 0), "all"), 2);
  assertEquals(contents.shared(key([9, 2], 0), "all"), 0);
  assertEquals(contents.shared(key([1, 2, 3], 0), "all"), 2, "the last token runs");
  assertEquals(contents.sharedPrompt([1, 2, 3]), 3);
});

Deno.test("rows that were never run are not reused: a prompt cut short, its slot taken over", () => {
  const contents = used();
  contents.begin(key([1, 2, 3, 9, 9, 9, 9], 0), 3);
  assertEquals(contents.shared(key([1, 2, 3, 9, 9, 9, 9, 9], 0), "all"), 3);
  contents.ran(3, 5);
  assertEquals(contents.shared(key([1, 2, 3, 9, 9, 9, 9, 9], 0), "prompt"), 5);
});

Deno.test("prompt rows after generated ones do not count as a prompt's", () => {
  const contents = used();
  const ids = [1, 2, 3, 4, 5, 6, 7, 9, 9];
  contents.begin(key(ids), 7);
  contents.ran(7, 9);
  assertEquals(contents.shared(key([...ids, 1], 0), "prompt"), 5);
  assertEquals(contents.shared(key([...ids, 1], 0), "all"), 9);
});

Deno.test("generated rows that run again as a prompt's serve as such", () => {
  const contents = used();
  contents.ran(5, 6);
  const ids = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  assertEquals([contents.shared(key(ids), "prompt"), contents.shared(key(ids), "all")], [6, 7]);
  contents.ran(6, 8);
  assertEquals([contents.shared(key(ids), "prompt"), contents.shared(key(ids), "all")], [8, 8]);
});

Deno.test("the last position of a slot is never reused: surplus tokens overwrite it", () => {
  const contents = used(6);
  assertEquals(contents.shared(key([1, 2, 3, 4, 5, 6, 7, 8], 0), "all"), 5);
});

Deno.test("copied or restored rows are reused", () => {
  const copy = new SlotContents(64);
  copy.inherit(used());
  assertEquals(copy.shared(key([1, 2, 3, 4, 5, 6, 7, 8, 9], 0), "all"), 7);
  const restored = new SlotContents(64);
  restored.restore(key([1, 2, 3], 2));
  assertEquals(restored.shared(key([1, 2, 3, 4], 2), "prompt"), 3);
  assertEquals(restored.shared(key([1, 2, 3, 4], 0), "prompt"), 0);
});
