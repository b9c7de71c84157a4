import { assertEquals } from "@std/assert";
import { bestMatch, chooseSlot } from "./placement.ts";
import { type Reuse, SlotContents } from "./slot_contents.ts";

/** A slot with prompt rows of these ids. */
function slot(ids: number[], usedAt: number, salt = ""): SlotContents {
  const contents = new SlotContents(1000);
  contents.begin({ ids, regime: 0, salt }, 0);
  contents.ran(0, ids.length);
  contents.usedAt = usedAt;
  return contents;
}

/** `count` ids that begin at `first`. */
function ids(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => first + i);
}

function choose(
  contents: SlotContents[],
  prompt: number[],
  free = [...contents.keys()],
  reuse: Reuse = "prompt",
) {
  return chooseSlot(contents, free, { prompt: { ids: prompt, regime: 0, salt: "" }, reuse, time: 10 });
}

Deno.test("placement: in place where the prompt goes on; else an empty slot; else the least worth", () => {
  const [long, short, empty] = [slot(ids(0, 100), 10), slot(ids(500, 30), 10), new SlotContents(1000)];
  assertEquals(choose([short, long, empty], ids(0, 120)), 1);
  assertEquals(choose([short, long, empty], ids(900, 20)), 2);
  assertEquals(choose([long, short], ids(900, 20)), 1, "fewer rows");
  assertEquals(choose([long, slot(ids(0, 100), 9)], ids(900, 20)), 1, "the same rows: the older");
  assertEquals(choose([short, slot(ids(700, 60), 1)], ids(900, 20)), 1, "more rows, but not used for long");
});

Deno.test("placement: a branch of a conversation is copied, so that both live on", () => {
  const talk = slot(ids(0, 100), 10);
  const branch = [...ids(0, 50), ...ids(600, 20)];
  assertEquals(choose([talk, new SlotContents(1000)], branch), 1);
  assertEquals(choose([talk], branch), 0, "there is no other");
  assertEquals(choose([talk, slot(ids(500, 90), 10)], branch), 0, "the other is worth more");
  // Rows that two slots hold are cheap to lose in one of them.
  assertEquals(choose([slot(ids(0, 90), 10), talk, slot(ids(500, 30), 10)], ids(900, 20)), 0);
});

Deno.test("placement: a few rows are computed again rather than copied; busy slots are found", () => {
  const [a, b] = [slot(ids(0, 10), 10), new SlotContents(1000)];
  assertEquals(choose([a, b], [...ids(0, 5), 99]), 1);
  assertEquals(bestMatch([a, b, slot(ids(0, 40), 1)], { ids: ids(0, 99), regime: 0, salt: "" }, "prompt"), {
    slot: 2,
    rows: 40,
  });
});

Deno.test("placement: other salts, and no reuse at all, share nothing", () => {
  const [mine, theirs] = [slot(ids(0, 50), 10, "a"), slot(ids(0, 40), 10, "b")];
  const match = (salt: string, reuse: Reuse) =>
    bestMatch([mine, theirs], { ids: ids(0, 99), regime: 0, salt }, reuse).rows;
  assertEquals(["a", "b", ""].map((salt) => match(salt, "prompt")), [50, 40, 0]);
  assertEquals(match("a", "none"), 0);
  assertEquals(choose([mine, theirs], ids(0, 60), [0, 1], "none"), 0);
});
