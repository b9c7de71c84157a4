import type { CodePoints } from "../automaton/characters.ts";

/** A parsed regular expression. */
export type Pattern =
  | { readonly kind: "set"; readonly points: CodePoints }
  | { readonly kind: "sequence"; readonly items: readonly Pattern[] }
  | { readonly kind: "choice"; readonly options: readonly Pattern[] }
  | { readonly kind: "repeat"; readonly item: Pattern; readonly min: number; readonly max: number }
  | { readonly kind: "anchor"; readonly side: "start" | "end" };
