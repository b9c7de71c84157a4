import { assertEquals, assertRejects } from "@std/assert";
import { Interrupted, underSignals } from "./signals.ts";

Deno.test({
  name: "a signal wins over work that ends at the same moment, well or badly",
  ignore: Deno.build.os === "windows",
  async fn() {
    for (const end of [() => 0, () => Promise.reject(new Error("stdin is empty"))]) {
      const work = async () => {
        Deno.kill(Deno.pid, "SIGTERM");
        return await end();
      };
      const error = await assertRejects(() => underSignals(work), Interrupted);
      assertEquals(error.exitCode, 143);
    }
  },
});
