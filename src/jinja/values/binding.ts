import { raise } from "./types.ts";
import type { Keywords, Value } from "./values.ts";

/** Arguments by position; undefined if not passed. */
export type Bound = (Value | undefined)[];

/**
 * Binds arguments to a signature such as "old new count?"; `?` marks optional parameters. With "/ " in front, all are
 * positional-only, as in most of Python's own methods.
 */
export function bind(call: string, names: string, args: readonly Value[], keywords: Keywords): Bound {
  const own = names.startsWith("/ ");
  const list = names.replace("/ ", "").split(" ").filter((name) => name);
  const required = list.filter((name) => !name.endsWith("?")).length;
  if (own) return bindOwn(call, list.length, required, args, keywords);
  const bare = list.map((name) => name.replace("?", ""));
  if (args.length > bare.length) {
    const many = required === bare.length ? String(required) : `from ${required} to ${bare.length}`;
    const plural = bare.length === 1 ? "" : "s";
    raise("TypeError", `${call}() takes ${many} positional argument${plural} but ${args.length} were given`);
  }
  const result: Bound = bare.map((_, i) => args[i]);
  for (const [name, value] of keywords) {
    const at = bare.indexOf(name);
    if (at < 0) raise("TypeError", `${call}() got an unexpected keyword argument '${name}'`);
    if (at < args.length) raise("TypeError", `${call}() got multiple values for argument '${name}'`);
    result[at] = value;
  }
  const missing = bare.slice(0, required).filter((_, i) => result[i] === undefined);
  if (missing.length) refuseMissing(call, missing);
  return result;
}

function refuseMissing(call: string, missing: readonly string[]): never {
  const quoted = missing.map((name) => `'${name}'`);
  const names = quoted.length < 3
    ? quoted.join(" and ")
    : quoted.slice(0, -1).join(", ") + ", and " + quoted.at(-1);
  const plural = missing.length === 1 ? "" : "s";
  raise("TypeError", `${call}() missing ${missing.length} required positional argument${plural}: ${names}`);
}

function bindOwn(
  call: string,
  most: number,
  least: number,
  args: readonly Value[],
  keywords: Keywords,
): Bound {
  const bare = call.slice(call.lastIndexOf(".") + 1);
  const got = args.length;
  if (keywords.size) raise("TypeError", `${call}() takes no keyword arguments`);
  if (got < least || got > most) {
    if (most === 0) raise("TypeError", `${call}() takes no arguments (${got} given)`);
    if (most === 1 && least === 1) {
      raise("TypeError", `${call}() takes exactly one argument (${got} given)`);
    }
    const [bound, count] = got < least ? ["least", least] : ["most", most];
    const exact = most === least ? "" : `at ${bound} `;
    raise("TypeError", `${bare} expected ${exact}${count} argument${count === 1 ? "" : "s"}, got ${got}`);
  }
  return Array.from({ length: most }, (_, i) => args[i]);
}
