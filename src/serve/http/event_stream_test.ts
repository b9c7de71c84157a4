import { assertEquals } from "@std/assert";
import { clock } from "../../base/clock.ts";
import { eventStream, type ServerEvent } from "./event_stream.ts";

/** Runs `work` with timers that fire only when `tick` is called. */
async function withTimers(work: (tick: () => void) => Promise<void>): Promise<void> {
  const { after } = clock;
  let timers: (() => void)[] = [];
  clock.after = (_, run) => {
    timers.push(run);
    return () => timers = timers.filter((timer) => timer !== run);
  };
  try {
    await work(() => timers.splice(0).forEach((run) => run()));
  } finally {
    clock.after = after;
  }
}

Deno.test("eventStream: comments while it is silent, none after the end", async () => {
  await withTimers(async (tick) => {
    const next = Promise.withResolvers<void>();
    const response = eventStream((async function* (): AsyncGenerator<ServerEvent> {
      yield { data: "1" };
      await next.promise;
      yield { data: "2", event: "last" };
    })());
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    assertEquals((await reader.read()).value, "data: 1\n\n");
    tick();
    tick();
    next.resolve();
    const rest: string[] = [];
    for (let part = await reader.read(); !part.done; part = await reader.read()) rest.push(part.value);
    assertEquals(rest.join(""), ": keep-alive\n\n: keep-alive\n\nevent: last\ndata: 2\n\n");
    tick();
  });
});

Deno.test("eventStream: a reader that leaves ends the events", async () => {
  let left = false;
  const response = eventStream((async function* (): AsyncGenerator<ServerEvent> {
    try {
      for (;;) {
        yield { data: "x" };
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    } finally {
      left = true;
    }
  })());
  const reader = response.body!.getReader();
  await reader.read();
  await reader.cancel();
  assertEquals(left, true);
});
