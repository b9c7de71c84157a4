import { DataError } from "../../base/errors.ts";
import { Automaton } from "./automaton.ts";
import { type Expression, hasByte, type Recipe, type Rule } from "./expression.ts";
import { type Language, type Machine, MULTIPLE_BYTES, multiples, prune, type RawMachine } from "./machine.ts";

/** A language that can be run: a root expression whose rules all have bodies. */
export class Grammar implements Language {
  readonly #machines = new Map<Recipe, Machine>();
  readonly #matchesSome: ReadonlySet<Expression>;

  /**
   * Checks the expression.
   * @throws DataError if a rule refers to itself before it matches a byte, or if no text matches
   */
  constructor(readonly root: Expression) {
    const all = reachable(root);
    refuseLeftRecursion(all);
    this.#matchesSome = matchingSome(all, (recipe) => this.machine(recipe));
    if (!this.matchesSome(root)) throw new NothingMatchesError("no text matches");
  }

  /** True if at least one string belongs to the expression's language. */
  matchesSome(one: Expression): boolean {
    return this.#matchesSome.has(one);
  }

  /** The machine of a recipe. */
  machine(recipe: Recipe): Machine {
    let machine = this.#machines.get(recipe);
    if (!machine) {
      machine = recipe.kind === "multiple"
        ? prune(multiples(recipe.divisor, recipe.digits))
        : prune(pairOf(recipe.left, recipe.right, recipe.kind));
      this.#machines.set(recipe, machine);
    }
    return machine;
  }
}

/** Thrown for a grammar that matches nothing. */
export class NothingMatchesError extends DataError {
  override name = "NothingMatchesError";
}

/** Both automata side by side; -1 is a state of the right one that matches nothing. */
function pairOf(left: Expression, right: Expression, kind: "and" | "minus"): RawMachine<[number, number]> {
  const [one, other] = [automatonOf(left), automatonOf(right)];
  const [first, second] = [one?.start ?? -1, other?.start ?? -1];
  return {
    start: [first, second],
    step([a, b], byte) {
      const to = a < 0 ? -1 : one!.step(a, byte);
      if (to < 0) return undefined;
      const against = b < 0 ? -1 : other!.step(b, byte);
      return against < 0 && kind === "and" ? undefined : [to, against];
    },
    accepts([a, b]) {
      if (a < 0 || !one!.accepts(a)) return false;
      return (b >= 0 && other!.accepts(b)) === (kind === "and");
    },
    keyOf: ([a, b]) => a * 2 ** 26 + b,
    classes: classesOf([left, right]),
  };
}

/** An automaton of an expression; undefined if nothing matches. */
export function automatonOf(expression: Expression): Automaton | undefined {
  try {
    return new Automaton(new Grammar(expression));
  } catch (error) {
    if (error instanceof NothingMatchesError) return undefined;
    throw error;
  }
}

/** Classes of bytes that no byte set or machine of the expressions tells apart. */
function classesOf(roots: readonly Expression[]): number[][] {
  let classes = [Array.from({ length: 256 }, (_, byte) => byte)];
  const split = (isInside: (byte: number) => boolean) => {
    classes = classes.flatMap((bytes) => {
      const [inside, outside] = [bytes.filter(isInside), bytes.filter((byte) => !isInside(byte))];
      return inside.length === 0 || outside.length === 0 ? [bytes] : [inside, outside];
    });
  };
  for (const one of roots.flatMap((root) => reachable(root, true))) {
    if (one.kind === "bytes") split((byte) => hasByte(one.set, byte));
    else if (one.kind === "machine" && one.recipe.kind === "multiple") {
      for (const told of MULTIPLE_BYTES) split((byte) => byte === told);
    }
  }
  return classes;
}

/** An expression's direct parts. */
function partsOf(one: Expression): readonly Expression[] {
  switch (one.kind) {
    case "sequence":
      return [one.first, one.rest];
    case "choice":
      return one.options;
    case "repeat":
      return [one.item];
    case "rule":
      if (!one.rule.body) throw new Error(`rule ${one.rule.name} has no body`);
      return [one.rule.body];
    default:
      return [];
  }
}

/** Every expression that the root needs; `inside`: those of machines too. */
function reachable(root: Expression, inside = false): Expression[] {
  const all = new Set([root]);
  for (const one of all) {
    for (const part of partsOf(one)) all.add(part);
    if (inside && one.kind === "machine" && "left" in one.recipe) {
      all.add(one.recipe.left);
      all.add(one.recipe.right);
    }
  }
  return [...all];
}

/** The least set that satisfies `holds`, a test of an expression that may ask for its parts. */
function fixpoint(
  all: readonly Expression[],
  holds: (one: Expression, known: (part: Expression) => boolean) => boolean,
): Set<Expression> {
  const users = new Map<Expression, Expression[]>();
  for (const one of all) {
    for (const part of partsOf(one)) {
      const list = users.get(part);
      if (list) list.push(one);
      else users.set(part, [one]);
    }
  }
  const known = new Set<Expression>();
  const todo = [...all];
  while (todo.length > 0) {
    const one = todo.pop()!;
    if (known.has(one) || !holds(one, (part) => known.has(part))) continue;
    known.add(one);
    todo.push(...users.get(one) ?? []);
  }
  return known;
}

function matchingSome(all: readonly Expression[], machine: (recipe: Recipe) => Machine): Set<Expression> {
  return fixpoint(all, (one, known) => {
    if (one.kind === "machine") return machine(one.recipe).start >= 0;
    if (one.kind === "choice") return one.options.some(known);
    if (one.kind === "repeat") return one.min === 0 || known(one.item);
    return partsOf(one).every(known);
  });
}

/** @throws DataError if a rule can come round to itself without a byte in between */
function refuseLeftRecursion(all: readonly Expression[]): void {
  const nullable = fixpoint(all, (one, known) => {
    if (one.kind === "rule") return known(one.rule.body!);
    if (one.kind === "sequence") return known(one.first) && known(one.rest);
    if (one.kind === "choice") return one.options.some(known);
    if (one.kind === "repeat") return one.min === 0 || known(one.item);
    return one.nullable;
  });
  const firsts = (one: Expression): readonly Expression[] =>
    one.kind === "sequence" && !nullable.has(one.first) ? [one.first] : partsOf(one);
  const state = new Map<Expression, "open" | "done">();
  for (const root of all) {
    const path: { one: Expression; left: Expression[] }[] = [];
    const enter = (one: Expression) => {
      if (state.get(one) === "open") {
        const rule = [...path.map((step) => step.one), one].findLast(({ kind }) => kind === "rule");
        throw new DataError(`${nameOf(rule)} refers to itself before anything else`);
      }
      if (state.has(one)) return;
      state.set(one, "open");
      path.push({ one, left: [...firsts(one)] });
    };
    enter(root);
    while (path.length > 0) {
      const { one, left } = path.at(-1)!;
      const next = left.pop();
      if (next) enter(next);
      else {
        state.set(one, "done");
        path.pop();
      }
    }
  }
  for (const one of all) {
    if (one.kind === "repeat" && nullable.has(one.item)) {
      throw new DataError(`${nameOf(one.item)} is repeated, and it matches the empty text`);
    }
  }
}

function nameOf(one: Expression | undefined): string {
  const rule: Rule | undefined = one?.kind === "rule" ? one.rule : undefined;
  return rule ? `rule ${rule.name}` : "a rule";
}
