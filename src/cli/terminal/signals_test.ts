import { assertEquals, assertRejects } from "@std/assert";
import { clock } from "../../base/clock.ts";
import { Interrupted, underSignals } from "./signals.ts";

Deno.test({
  name: "a signal wins over work that ends at the same moment, well or badly",
  ignore: Deno.build.os === "windows",
  async fn() {
    const { after } = clock;
    for (const end of [() => 0, () => Promise.reject(new Error("stdin is empty"))]) {
      const work = async () => {
        Deno.kill(Deno.pid, "SIGTERM");
        return await end();
      };
      // However loaded the machine is, the signal arrives before the wait ends.
      const stops: (() => void)[] = [];
      clock.after = (_milliseconds, run) => {
        const stop = after(60_000, run);
        stops.push(stop);
        return stop;
      };
      try {
        const error = await assertRejects(() => underSignals(work), Interrupted);
        assertEquals(error.exitCode, 143);
      } finally {
        clock.after = after;
        for (const stop of stops) stop();
      }
    }
  },
});
