/** The time is measured in steps: where the program itself was busy for long, only one of them passes. */
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
  let timer: ReturnType<typeof setTimeout> | undefined;
  const wait = () => {
    timer = setTimeout(() => ++steps < STEPS ? wait() : say(), patience / STEPS);
  };
  wait();
  try {
    for await (const chunk of chunks) {
      clearTimeout(timer);
      yield chunk;
    }
  } finally {
    clearTimeout(timer);
  }
}
