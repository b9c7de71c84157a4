import { clock, now, since } from "../../base/clock.ts";
/**
 * The time is measured in steps, and a late step restarts the count: the program itself was busy then (a
 * driver compiles kernels for seconds), and could not read the pipe.
 */
const STEPS = 5;

/** Yields chunks unchanged; calls `say` once if the first one has not arrived within `patience` ms. */
export async function* tellSilence(
  chunks: AsyncIterable<Uint8Array>,
  say: () => void,
  patience = 500,
): AsyncGenerator<Uint8Array> {
  let steps = 0;
  let stop = () => {};
  const step = patience / STEPS;
  const wait = () => {
    const start = now();
    stop = clock.after(step, () => {
      steps = since(start) < step * 3 / 2 ? steps + 1 : 0;
      if (steps < STEPS) wait();
      else say();
    });
  };
  wait();
  try {
    for await (const chunk of chunks) {
      stop();
      yield chunk;
    }
  } finally {
    stop();
  }
}
