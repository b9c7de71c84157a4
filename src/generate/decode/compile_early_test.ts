import { numbered } from "../engine/method.ts";
import { assertEquals, assertGreater } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { openModel } from "../../model/weights/load.ts";
import { causalHead } from "../../model/weights/weights.ts";
import { compileEarly } from "./compile_early.ts";
import { Engine } from "../engine/engine.ts";
import { request } from "../../../tests/support/generate.ts";

const MODEL = fromFileUrl(new URL("../../../testdata/default-model", import.meta.url));

Deno.test("kernels compiled during upload cover a first prompt and its tokens", async () => {
  for (const sequences of [1, 3]) {
    let steps = 0;
    const model = await openModel(MODEL, causalHead, {
      duringUpload: function (known) {
        steps = [...compileEarly(known, sequences)].length;
        return [].values();
      },
    });
    try {
      const { pipelines } = model.gpu;
      assertEquals(pipelines.size, steps);
      assertGreater(steps, 8);
      const engine = new Engine(model, { maxLength: 256, batchSize: sequences, capacity: 0 });
      const requests = Array.from(
        { length: sequences },
        (_, i) => request([1, 300 + i, 400], { maxNewTokens: 4 }),
      );
      for await (const _ of engine.generate(numbered(requests))); // only the kernels it compiles count
      engine.dispose();
      assertEquals(pipelines.size, steps);
    } finally {
      model.dispose();
    }
  }
});
