import { inOrder } from "./parts.ts";

/** Values for the `const NAME = …;` lines of a kernel. */
export type KernelConstants = Readonly<Record<string, number | boolean>>;

/**
 * Links a kernel and its parts, given in any order, into one WGSL module: joins them in dependency order of
 * their headers ({@link inOrder}), sets the given constants, and unrolls the loops marked `// unroll`.
 *
 * The joined text is valid WGSL with the default values too; unrolling changes only speed (indexing a private
 * array with a compile-time constant needs no bounds check and keeps the array in registers).
 * @throws Error if parts do not fit together, a constant is not declared exactly once, or a loop cannot be
 * unrolled
 */
export function link(parts: readonly string[], constants: KernelConstants = {}): string {
  // Every layer links the same code: returning the same string also makes the pipeline lookup fast.
  const key = `${Object.entries(constants).join()}\n${parts.join("\n")}`;
  let code = linked.get(key);
  if (code === undefined) linked.set(key, code = linkAnew(inOrder(parts).join("\n"), constants));
  return code;
}

const linked = new Map<string, string>();

function linkAnew(joined: string, constants: KernelConstants): string {
  const declared = new Map<string, number>();
  const source = joined.replace(CONSTANT, (line, name) => {
    declared.set(name, (declared.get(name) ?? 0) + 1);
    return Object.hasOwn(constants, name) ? `const ${name} = ${literal(constants[name], line)};` : line;
  });
  for (const name of Object.keys(constants)) {
    const found = declared.get(name) ?? 0;
    if (found !== 1) throw new Error(`kernel constant ${name}: declared ${found} times, expected once`);
  }
  const values = readConstants(source);
  return foldIndices(unroll(source, values), values);
}

const CONSTANT = /^const (\w+) = ([^;]+);/gm;

/** Formats a constant in the type (u32, f32, bool) of its default. */
function literal(value: number | boolean, line: string): string {
  if (typeof value === "boolean") return String(value);
  if (/= \d+u;/.test(line)) return `${value}u`;
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

function readConstants(source: string): Map<string, number> {
  const values = new Map<string, number>();
  // A part may use a constant that a later part declares.
  for (let known = -1; known < values.size;) {
    known = values.size;
    for (const [, name, expression] of source.matchAll(CONSTANT)) {
      const value = evaluate(expression, values);
      if (value !== undefined) values.set(name, value);
    }
  }
  return values;
}

/**
 * Evaluates sums of products, quotients and remainders of integers and known constants; undefined for
 * anything else.
 */
function evaluate(expression: string, values: ReadonlyMap<string, number>): number | undefined {
  let sum = 0;
  let product: number | undefined;
  let sign = 1;
  let operator = "";
  for (const [token] of expression.matchAll(/\w+|\S/g)) {
    if (/^[*/%+-]$/.test(token)) {
      if (operator !== "" || product === undefined) return undefined;
      if (token === "+" || token === "-") {
        sum += sign * product;
        [product, sign] = [undefined, token === "+" ? 1 : -1];
      } else operator = token;
      continue;
    }
    const value = /^\d+u?$/.test(token) ? parseInt(token) : values.get(token);
    if (value === undefined) return undefined;
    if (product === undefined) product = value;
    else if (operator === "*") product *= value;
    else if (operator === "/") product = Math.floor(product / value);
    else if (operator === "%") product %= value;
    else return undefined;
    operator = "";
  }
  return product === undefined || operator !== "" ? undefined : sum + sign * product;
}

const LOOP = /for \(var (\w+) = (\w+); \1 < ([^;]+); \1\+\+\) \{ \/\/ unroll\n/g;

/** Unrolls marked loops, each one's inner loops first: their bounds do not depend on it. */
function unroll(source: string, values: ReadonlyMap<string, number>): string {
  let unrolled = "";
  let done = 0;
  const loops = new RegExp(LOOP);
  for (let loop = loops.exec(source); loop; loop = loops.exec(source)) {
    const [head, name, first, bound] = loop;
    const from = evaluate(first, values);
    const to = evaluate(bound, values);
    if (from === undefined || to === undefined) throw new Error(`cannot unroll: ${head.trim()}`);
    const begin = loop.index + head.length;
    const end = closingBrace(source, begin);
    const body = unroll(source.slice(begin, end), values);
    const use = new RegExp(`\\b${name}\\b`, "g");
    unrolled += source.slice(done, loop.index);
    for (let i = from; i < to; i++) unrolled += `{\n${body.replace(use, `${i}u`)}}\n`;
    done = loops.lastIndex = end + 1;
  }
  return unrolled + source.slice(done);
}

/** Folds constant indices: to compilers, an index with a product and a sum is three expressions. */
function foldIndices(source: string, values: ReadonlyMap<string, number>): string {
  return source.replace(/\[([^[\]]*[*/%+-][^[\]]*)\]/g, (index, expression) => {
    const value = evaluate(expression, values);
    return value === undefined ? index : `[${value}u]`;
  });
}

function closingBrace(source: string, begin: number): number {
  let depth = 1;
  for (let i = begin; i < source.length; i++) {
    if (source[i] === "{") depth++;
    else if (source[i] === "}" && --depth === 0) return i;
  }
  throw new Error("cannot unroll: no closing brace");
}
