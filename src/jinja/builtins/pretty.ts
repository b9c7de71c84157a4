import { less } from "../values/compare.ts";
import { sortedBy } from "../values/order.ts";
import { splitLines } from "../methods/str_search.ts";
import { quote, repr } from "../values/text.ts";
import { catching, isText, plain, pointCount, typeName } from "../values/types.ts";
import { SPACE_CLASS } from "../values/unicode.ts";
import { Dict, type Evaluation, Tuple, type Value } from "../values/values.ts";
import { GroupTuple } from "../values/views.ts";

const WIDTH = 80;
const WORDS = new RegExp(`[^${SPACE_CLASS}]*[${SPACE_CLASS}]+|[^${SPACE_CLASS}]+`, "gu");

/** Python's pprint.pformat(): one line if it fits in 80 characters, else one entry per line. */
export function pretty(value: Value, ev: Evaluation): string {
  return format(value, 0, 0, 1, ev);
}

/** The repr on one line, with dict keys sorted. */
function flat(value: Value, ev: Evaluation): string {
  const all = (items: readonly Value[]) => items.map((item) => flat(item, ev)).join(", ");
  return ev.budget.deeper(() => {
    ev.budget.step();
    if (Array.isArray(value)) return `[${all(value)}]`;
    if (value instanceof GroupTuple) return repr(value, ev);
    if (value instanceof Tuple) {
      return value.items.length === 1 ? `(${all(value.items)},)` : `(${all(value.items)})`;
    }
    if (!(value instanceof Dict)) return repr(value, ev);
    const pairs = entriesOf(value, ev).map(([key, item]) => `${flat(key, ev)}: ${flat(item, ev)}`);
    return `{${pairs.join(", ")}}`;
  });
}

// Keys that cannot be compared are ordered by type name.
function entriesOf(dict: Dict, ev: Evaluation): [Value, Value][] {
  const byType = (a: Value, b: Value) => typeName(a) < typeName(b);
  return sortedBy(
    [...dict.entries()],
    ([a], [b]) => catching(["TypeError", "UndefinedError"], () => less("<", a, b, ev), () => byType(a, b)),
  );
}

function format(value: Value, indent: number, allowance: number, level: number, ev: Evaluation): string {
  const line = flat(value, ev);
  ev.budget.text(line.length);
  if (pointCount(line) <= WIDTH - indent - allowance) return line;
  if (isText(value)) return formatText(plain(value), indent, allowance, level, ev);
  return ev.budget.deeper(() => {
    if (value instanceof GroupTuple) return line;
    if (Array.isArray(value)) return `[${items(value, indent, allowance + 1, level, ev)}]`;
    if (value instanceof Tuple) {
      const close = value.items.length === 1 ? ",)" : ")";
      return `(${items(value.items, indent, allowance + close.length, level, ev)}${close}`;
    }
    return value instanceof Dict ? `{${pairs(value, indent, allowance + 1, level, ev)}}` : line;
  });
}

function items(values: readonly Value[], indent: number, allowance: number, level: number, ev: Evaluation) {
  return values.map((item, i) =>
    format(item, indent + 1, i === values.length - 1 ? allowance : 1, level + 1, ev)
  ).join(",\n" + " ".repeat(indent + 1));
}

function pairs(dict: Dict, indent: number, allowance: number, level: number, ev: Evaluation): string {
  const entries = entriesOf(dict, ev);
  return entries.map(([key, value], i) => {
    const name = repr(key, ev) + ": ";
    const rest = i === entries.length - 1 ? allowance : 1;
    return name + format(value, indent + 1 + pointCount(name), rest, level + 1, ev);
  }).join(",\n" + " ".repeat(indent + 1));
}

/** A long text as several literals, one per line, split after whitespace. */
function formatText(text: string, start: number, room: number, level: number, ev: Evaluation): string {
  const outer = level === 1;
  const [indent, allowance] = outer ? [start + 1, room + 1] : [start, room];
  const lines = splitLines(text, true);
  const chunks: string[] = [];
  let most = WIDTH - indent;
  lines.forEach((line, i) => {
    const last = i === lines.length - 1;
    const literal = quote(line, ev);
    if (pointCount(literal) <= WIDTH - indent - (last ? allowance : 0)) return chunks.push(literal);
    const words = line.match(WORDS) ?? [];
    let current = "";
    words.forEach((word, j) => {
      if (last && j === words.length - 1) most -= allowance;
      const candidate = current + word;
      if (pointCount(quote(candidate, ev)) <= most) return current = candidate;
      if (current) chunks.push(quote(current, ev));
      current = word;
    });
    if (current) chunks.push(quote(current, ev));
  });
  if (chunks.length === 1) return chunks[0];
  const joined = chunks.join("\n" + " ".repeat(indent));
  return outer ? `(${joined})` : joined;
}
