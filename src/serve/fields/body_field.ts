import type { ValueKind } from "../../base/values.ts";
import type { FieldName } from "../../generate/options/table.ts";
import type { AskedOptions } from "../../generate/request/asked.ts";

/** Types of a body's field, beside those of command-line options. */
export type BodyKind =
  | ValueKind
  /** A 64-bit integer; a negative seed stands for the unsigned one of the same bits. */
  | { readonly kind: "seed64" }
  /** As the row of the option table of that name. */
  | { readonly kind: "row"; readonly row: FieldName }
  | { readonly kind: "object" }
  | { readonly kind: "list" }
  /** Checked by its endpoint. */
  | { readonly kind: "any" };

/** One field of a request's body. */
export type BodyField = BodyKind & {
  /**
   * `used`: it has the effect that its name promises; `ignored`: it changes no token; `refused`: it would change the
   * answer, and is not supported.
   */
  readonly use: "used" | "ignored" | "refused";
  readonly help: string;
  /** The generation option that the field sets. */
  readonly option?: keyof AskedOptions;
  /** Values of a refused field that ask for nothing. */
  readonly harmless?: readonly unknown[];
  readonly isRequired?: true;
};

/** A field of any value that changes no token. */
export function ignored(help: string): BodyField {
  return { kind: "any", use: "ignored", help };
}

/** A field that is not supported; `harmless` values ask for nothing. */
export function refused(help: string, ...harmless: unknown[]): BodyField {
  return { kind: "any", use: "refused", help, harmless };
}

/** A field that sets the maximum number of new tokens. */
export function maxTokens(min: number): BodyField {
  return {
    kind: "integer",
    min,
    use: "used",
    option: "maxNewTokens",
    help: "stop after this many new tokens",
  };
}

/** The fields of an endpoint by name. */
export type FieldTable = Readonly<Record<string, BodyField>>;
