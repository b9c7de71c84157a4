/** Values for the `const NAME = …;` lines of a kernel. */
export type KernelConstants = Readonly<Record<string, number | boolean>>;

/**
 * Makes one WGSL module of a kernel and its parts: joins them, sets each constant that is given, and unrolls
 * the loops marked `// unroll`.
 *
 * The files stay valid WGSL with their default values; unrolling changes nothing but speed (an index into a
 * private array that is known when compiling costs no bounds check and lets the array live in registers).
 * @throws Error when a constant does not stand in the source exactly once, or a loop cannot be unrolled
 */
export function link(parts: readonly string[], constants: KernelConstants = {}): string {
  // Every layer asks for the same: the very string that was made before is also the fastest key to its pipeline.
  const joined = parts.join("\n");
  const key = `${Object.entries(constants).join()}\n${joined}`;
  let code = linked.get(key);
  if (code === undefined) linked.set(key, code = linkAnew(joined, constants));
  return code;
}

const linked = new Map<string, string>();

function linkAnew(joined: string, constants: KernelConstants): string {
  let source = joined;
  for (const [name, value] of Object.entries(constants)) {
    const line = new RegExp(`^const ${name} = [^;]+;`, "gm");
    const found = source.match(line)?.length ?? 0;
    if (found !== 1) throw new Error(`kernel constant ${name}: declared ${found} times, expected once`);
    source = source.replace(line, `const ${name} = ${literal(value, source.match(line)![0])};`);
  }
  return unroll(source, readConstants(source));
}

/** A constant keeps the kind (u32, f32, bool) of its default. */
function literal(value: number | boolean, line: string): string {
  if (typeof value === "boolean") return String(value);
  if (/= \d+u;/.test(line)) return `${value}u`;
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

function readConstants(source: string): Map<string, number> {
  const values = new Map<string, number>();
  for (const [, name, expression] of source.matchAll(/^const (\w+) = ([^;]+);/gm)) {
    const value = evaluate(expression, values);
    if (value !== undefined) values.set(name, value);
  }
  return values;
}

/** Products, sums and quotients of whole numbers and known constants. */
function evaluate(expression: string, values: ReadonlyMap<string, number>): number | undefined {
  let total: number | undefined;
  let operator = "+";
  for (const [token] of expression.matchAll(/\w+|[*/+-]|\S/g)) {
    if (/^[*/+-]$/.test(token)) {
      operator = token;
      continue;
    }
    const value = /^\d+u?$/.test(token) ? parseInt(token) : values.get(token);
    if (value === undefined) return undefined;
    if (total === undefined) total = value;
    else if (operator === "*") total *= value;
    else if (operator === "/") total = Math.floor(total / value);
    else if (operator === "+") total += value;
    else total -= value;
  }
  return total;
}

const LOOP = /for \(var (\w+) = (\w+); \1 < ([^;]+); \1\+\+\) \{ \/\/ unroll\n/;

function unroll(source: string, values: ReadonlyMap<string, number>): string {
  for (;;) {
    const loop = LOOP.exec(source);
    if (!loop) return source;
    const [head, name, first, bound] = loop;
    const from = evaluate(first, values);
    const to = evaluate(bound, values);
    if (from === undefined || to === undefined) throw new Error(`cannot unroll: ${head.trim()}`);
    const begin = loop.index + head.length;
    const end = closingBrace(source, begin);
    const body = source.slice(begin, end);
    const use = new RegExp(`\\b${name}\\b`, "g");
    let copies = "";
    for (let i = from; i < to; i++) copies += `{\n${body.replace(use, `${i}u`)}}\n`;
    source = source.slice(0, loop.index) + copies + source.slice(end + 1);
  }
}

function closingBrace(source: string, begin: number): number {
  let depth = 1;
  for (let i = begin; i < source.length; i++) {
    if (source[i] === "{") depth++;
    else if (source[i] === "}" && --depth === 0) return i;
  }
  throw new Error("cannot unroll: no closing brace");
}
