import { assertEquals, assertGreater } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { Session } from "./session.ts";
import { request } from "./testing.ts";

const MODEL = fromFileUrl(new URL("../../testdata/default-model", import.meta.url));

Deno.test("what was compiled while the weights travelled is all that a first prompt and its tokens need", async () => {
  for (const expected of [1, 3]) {
    const session = await Session.load(MODEL, { expected });
    try {
      const { pipelines } = session.model.gpu;
      const early = pipelines.size;
      assertGreater(early, 8);
      const requests = Array.from(
        { length: expected },
        (_, i) => request([1, 300 + i, 400], { maxNewTokens: 4 }),
      );
      for await (const _ of session.generate(requests)); // only what it compiles counts
      assertEquals(pipelines.size, early);
    } finally {
      session.dispose();
    }
  }
});
