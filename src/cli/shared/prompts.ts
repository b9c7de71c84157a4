/** Yields a sequence whose first element was already taken. */
export async function* startingWith<T>(first: IteratorResult<T>, rest: AsyncIterable<T>): AsyncGenerator<T> {
  if (first.done) return;
  yield first.value;
  yield* rest;
}

/** The final message of a call whose bad records were reported on stdout. */
export function failedRecords(failures: readonly string[]): string {
  return `${failures.length} ${failures.length === 1 ? "record" : "records"} failed; the first: ${
    failures[0]
  }`;
}
