import { assertEquals } from "@std/assert";
import { clock } from "../../base/clock.ts";
import { Pace } from "./pace.ts";

/** Runs a function with a clock that it sets itself. */
function withClock(run: (pass: (ms: number) => void) => void): void {
  const { now } = clock;
  let time = 1000;
  clock.now = () => time;
  try {
    run((ms) => time += ms);
  } finally {
    clock.now = now;
  }
}

/** Works off `chunks` chunks of the size that the pace asks for; returns the sizes. */
function sizes(
  pace: Pace,
  pass: (ms: number) => void,
  cost: (rows: number) => number,
  chunks: number,
): number[] {
  return Array.from({ length: chunks }, () => {
    const rows = Math.min(pace.rows, 512);
    pace.ran(rows);
    pass(cost(rows));
    pace.settled();
    return rows;
  });
}

Deno.test("Pace: chunks of about 50 ms, found step by step", () => {
  withClock((pass) => {
    assertEquals(sizes(new Pace(), pass, (rows) => rows * 0.9, 4), [32, 64, 32, 32]);
    assertEquals(sizes(new Pace(), pass, (rows) => rows * 0.09, 6), [32, 64, 128, 256, 512, 512]);
    assertEquals(sizes(new Pace(), pass, (rows) => rows * 10, 3), [32, 16, 16]);
  });
});

Deno.test("Pace: if few rows are not faster than many, many are taken", () => {
  withClock((pass) => {
    const made = sizes(new Pace(), pass, (rows) => 80 + rows * 0.01, 8);
    assertEquals(made.slice(-2), [512, 512]);
  });
});

Deno.test("Pace: the first run, which compiles kernels, is soon forgotten", () => {
  withClock((pass) => {
    const pace = new Pace();
    sizes(pace, pass, () => 900, 1);
    const made = sizes(pace, pass, (rows) => rows * 0.5, 8);
    assertEquals(made.at(-1), 64);
  });
});

Deno.test("Pace: steps are timed alone, and beside a chunk whose time is known", () => {
  withClock((pass) => {
    const pace = new Pace();
    assertEquals(pace.steps, 1);
    pace.stepped(1);
    pass(3);
    pace.settled();
    assertEquals(pace.steps, 10);
    pace.ran(32);
    pace.stepped(10);
    pass(70);
    pace.settled();
    assertEquals(pace.steps, 10);
    assertEquals(pace.ran(32), false, "40 ms ahead");
    assertEquals(pace.ran(32), false);
    assertEquals(pace.ran(32), true, "120 ms ahead");
    pace.forget();
    assertEquals(pace.ran(512), true, "an unknown time ahead");
  });
});

Deno.test("Pace: the rest before a wait is shorter than the work, also after a delay", () => {
  withClock((pass) => {
    const pace = new Pace();
    /** Submits a group that takes `ms`, rests, and waits; returns the rest. */
    const group = (ms: number) => {
      pace.stepped(10);
      const rest = pace.restMs;
      pass(Math.max(rest, ms));
      pace.settled();
      return rest;
    };
    assertEquals([group(9000), group(30), group(30)], [0, 0, 21]);
    group(5000);
    assertEquals(group(30), 26, "a single delay is not taken for a slow device");
    pace.ran(32);
    pace.stepped(10);
    assertEquals(pace.restMs, 21, "the chunk is unknown");
    pass(10);
    pace.settled();
    assertEquals(pace.rows >= 16, true);
    for (let i = 0; i < 3; i++) {
      pace.ran(32);
      pass(40);
      pace.settled();
    }
    pace.ran(16 + 8);
    assertEquals(pace.restMs <= 21, true, "fewer rows, a shorter rest");
  });
});
