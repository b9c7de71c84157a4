import { less } from "./compare.ts";
import type { Evaluation, Value } from "./values.ts";

interface Keyed<T> {
  readonly key: Value;
  readonly item: T;
}

/** A stable sort; `before(a, b)` is true if `a` belongs before `b`. */
export function sortedBy<T>(items: readonly T[], before: (a: T, b: T) => boolean): T[] {
  return [...items].sort((a, b) => before(a, b) ? -1 : before(b, a) ? 1 : 0);
}

/** Python's sorted(): stable, uses only `<`. @throws TemplateError if keys cannot be compared. */
export function sorted<T>(
  items: readonly T[],
  key: (item: T) => Value,
  reverse: boolean,
  ev: Evaluation,
): T[] {
  const keyed = items.map((item) => ({ key: key(item), item }));
  if (reverse) keyed.reverse();
  firstRun(keyed, ev);
  const result = merge(keyed, ev).map(({ item }) => item);
  return reverse ? result.reverse() : result;
}

// Python compares neighbours first, so its error names the first two that cannot be compared.
function firstRun<T>(keyed: readonly Keyed<T>[], ev: Evaluation): void {
  let falls: boolean | undefined;
  for (let i = 1; i < keyed.length; i++) {
    const below = less("<", keyed[i].key, keyed[i - 1].key, ev);
    falls ??= below;
    if (below !== falls) return;
  }
}

function merge<T>(keyed: Keyed<T>[], ev: Evaluation): Keyed<T>[] {
  if (keyed.length < 2) return keyed;
  const middle = keyed.length >> 1;
  const [left, right] = [merge(keyed.slice(0, middle), ev), merge(keyed.slice(middle), ev)];
  const result: Keyed<T>[] = [];
  let [i, j] = [0, 0];
  while (i < left.length && j < right.length) {
    ev.budget.step();
    result.push(less("<", right[j].key, left[i].key, ev) ? right[j++] : left[i++]);
  }
  return [...result, ...left.slice(i), ...right.slice(j)];
}
