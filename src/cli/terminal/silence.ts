import { clock, now, since } from "../../base/clock.ts";
/**
 * The time is measured in steps, and one that comes late begins them anew: the program itself was busy then (a driver
 * compiles kernels for seconds), and what lies in the pipe could not reach it.
 */
const STEPS = 5;

/**
 * Hands chunks on, and says so once where the first of them lets itself be waited for.
 * @param patience milliseconds
 */
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
