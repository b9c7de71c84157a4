import { areDisjoint } from "./disjoint.ts";
import { factsOf } from "./facts.ts";
import { dependenciesOf } from "./dependencies.ts";
import { refuseUnknown, schemasOf } from "./keywords.ts";
import { type Json, type Located, resolve, SchemaError } from "./located.ts";

/** Alternatives that one schema may have after its anyOf and oneOf are multiplied out. */
const MOST_ALTERNATIVES = 500;

/** A schema that is being expanded, and those that led to it without a value in between. */
interface Pending {
  readonly one: Located;
  readonly from: Pending | undefined;
}

/** Follows the references and alternatives of a document's schemas. */
export class Alternatives {
  /** Pointers of the `oneOf`s that are compared; true if that has ended well. */
  readonly #compared = new Map<string, boolean>();

  constructor(readonly root: Json) {}

  /**
   * A conjunction of schemas as alternatives, each a conjunction of schemas whose `$ref`, `allOf`, `anyOf` and
   * `oneOf` have been followed. No alternative: nothing satisfies it.
   * @throws SchemaError for a schema that refers to itself without a value in between, a `oneOf` whose
   *   branches may overlap, or too many alternatives
   */
  of(conjunction: readonly Located[]): readonly (readonly Located[])[] {
    const found: Located[][] = [];
    const follow = (
      pending: readonly Pending[],
      parts: ReadonlyMap<string, Located>,
      groups: readonly (readonly Pending[])[],
    ): void => {
      const [own, open] = [new Map(parts), [...groups]];
      const todo = [...pending];
      for (const at of todo) {
        const { schema, pointer } = at.one;
        if (schema === false) return;
        refuseCircle(at);
        if (schema === true || own.has(pointer)) continue;
        refuseUnknown(schema, pointer);
        own.set(pointer, at.one);
        const below = (one: Located): Pending => ({ one, from: at });
        if (schema.$ref !== undefined) todo.push(below(resolve(this.root, schema.$ref, `${pointer}/$ref`)));
        todo.push(...(schemasOf(schema, pointer, "allOf") ?? []).map(below));
        const anyOf = schemasOf(schema, pointer, "anyOf");
        if (anyOf) open.push(anyOf.map(below));
        open.push(...dependenciesOf(schema, pointer).map((group) => group.map(below)));
        const oneOf = schemasOf(schema, pointer, "oneOf");
        if (oneOf) {
          this.#refuseOverlap(oneOf, `${pointer}/oneOf`);
          open.push(oneOf.map(below));
        }
      }
      const group = open.shift();
      if (group) {
        for (const branch of group) follow([branch], own, open);
        return;
      }
      found.push([...own.values()]);
      if (found.length > MOST_ALTERNATIVES) {
        const where = conjunction[0]?.pointer ?? "";
        throw new SchemaError(where, `more than ${MOST_ALTERNATIVES} combinations of anyOf and oneOf`);
      }
    };
    follow(conjunction.map((one) => ({ one, from: undefined })), new Map(), []);
    return found;
  }

  /** A value may satisfy one branch only, so branches must exclude each other. */
  #refuseOverlap(branches: readonly Located[], pointer: string): void {
    const compared = this.#compared.get(pointer);
    if (compared) return;
    if (compared === false) throw new SchemaError(pointer, "refers to itself without a value in between");
    this.#compared.set(pointer, false);
    const followed = (one: Located) => this.of([one]).map(factsOf);
    const facts = branches.map(followed);
    for (let i = 0; i < facts.length; i++) {
      for (let j = 0; j < i; j++) {
        if (facts[i].every((a) => facts[j].every((b) => areDisjoint(a, b, followed)))) continue;
        throw new SchemaError(
          pointer,
          `branches ${j} and ${i} may both match; anyOf is supported where that is meant`,
        );
      }
    }
    this.#compared.set(pointer, true);
  }
}

function refuseCircle(pending: Pending): void {
  for (let at = pending.from; at; at = at.from) {
    if (at.one.pointer === pending.one.pointer) {
      throw new SchemaError(pending.one.pointer, "refers to itself without a value in between");
    }
  }
}
