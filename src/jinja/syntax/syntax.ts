/** The syntax tree of a template. */

/** Arguments of a call, a filter or a test. */
export interface Arguments {
  readonly positional: readonly Expression[];
  readonly keywords: readonly (readonly [string, Expression])[];
  /** The expression after `*`. */
  readonly star?: Expression;
  /** The expression after `**`. */
  readonly doubleStar?: Expression;
}

/** An arithmetic operator; some also apply to text and lists. */
export type BinaryOperator = "+" | "-" | "*" | "/" | "//" | "%" | "**";
/** A comparison operator. */
export type Comparison = "==" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "not in";

/** A name that is read, assigned or a parameter. */
export interface Name {
  readonly kind: "name";
  readonly name: string;
  use: "load" | "store" | "param";
  readonly line: number;
}

/** `f(…)`. */
export interface Call {
  readonly kind: "call";
  readonly callee: Expression;
  readonly args: Arguments;
  readonly line: number;
}

/** `value|name(…)`; without a value, the first filter of a filter block. */
export interface FilterUse {
  readonly kind: "filter";
  readonly value?: Expression;
  readonly name: string;
  readonly args: Arguments;
  readonly line: number;
}

/** An expression or an assignment target. */
export type Expression =
  | Name
  | Call
  | FilterUse
  | {
    readonly kind: "const";
    readonly value: null | boolean | bigint | number | string;
    readonly line: number;
  }
  | { readonly kind: "list" | "tuple"; readonly items: readonly Expression[]; readonly line: number }
  | {
    readonly kind: "dict";
    readonly entries: readonly (readonly [Expression, Expression])[];
    readonly line: number;
  }
  | {
    readonly kind: "binary";
    readonly operator: BinaryOperator;
    readonly left: Expression;
    readonly right: Expression;
    readonly line: number;
  }
  | {
    readonly kind: "unary";
    readonly operator: "-" | "+";
    readonly value: Expression;
    readonly line: number;
  }
  | { readonly kind: "not"; readonly value: Expression; readonly line: number }
  | {
    readonly kind: "and" | "or";
    readonly left: Expression;
    readonly right: Expression;
    readonly line: number;
  }
  | {
    readonly kind: "compare";
    readonly first: Expression;
    readonly rest: readonly (readonly [Comparison, Expression])[];
    readonly line: number;
  }
  | { readonly kind: "concat"; readonly parts: readonly Expression[]; readonly line: number }
  | {
    readonly kind: "conditional";
    readonly test: Expression;
    readonly then: Expression;
    readonly otherwise?: Expression;
    readonly line: number;
  }
  | { readonly kind: "attribute"; readonly value: Expression; readonly name: string; readonly line: number }
  | { readonly kind: "item"; readonly value: Expression; readonly key: Expression; readonly line: number }
  | {
    readonly kind: "slice";
    readonly start?: Expression;
    readonly stop?: Expression;
    readonly step?: Expression;
    readonly line: number;
  }
  | {
    readonly kind: "test";
    readonly value: Expression;
    readonly name: string;
    readonly args: Arguments;
    readonly line: number;
  }
  | { readonly kind: "namespaceField"; readonly name: string; readonly field: string; readonly line: number };

/** Text between tags. */
export interface Data {
  readonly kind: "data";
  readonly text: string;
  readonly line: number;
}

/** A loop. */
export interface For {
  readonly kind: "for";
  readonly target: Expression;
  readonly iterable: Expression;
  readonly body: readonly Statement[];
  readonly otherwise: readonly Statement[];
  readonly test?: Expression;
  readonly recursive: boolean;
  readonly line: number;
}

/** An `if`; its `elifs` have neither `elifs` nor `otherwise`. */
export interface If {
  readonly kind: "if";
  readonly test: Expression;
  readonly body: readonly Statement[];
  readonly elifs: readonly If[];
  readonly otherwise: readonly Statement[];
  readonly line: number;
}

/** Parameters and body of a macro or of a call block's `caller`. */
export interface MacroBody {
  readonly parameters: readonly Name[];
  /** Defaults of the last parameters. */
  readonly defaults: readonly Expression[];
  readonly body: readonly Statement[];
  readonly line: number;
}

/** A named block. */
export interface Block {
  readonly kind: "block";
  readonly name: string;
  readonly scoped: boolean;
  readonly required: boolean;
  readonly body: readonly Statement[];
  readonly line: number;
}

/** Anything between `{%` and `%}`, and output. */
export type Statement =
  | { readonly kind: "output"; readonly parts: readonly (Data | Expression)[]; readonly line: number }
  | For
  | If
  | Block
  | { readonly kind: "set"; readonly target: Expression; readonly value: Expression; readonly line: number }
  | {
    readonly kind: "setBlock";
    readonly target: Expression;
    readonly filter?: FilterUse;
    readonly body: readonly Statement[];
    readonly line: number;
  }
  | ({ readonly kind: "macro"; readonly name: string } & MacroBody)
  | ({ readonly kind: "callBlock"; readonly call: Call } & MacroBody)
  | ({ readonly kind: "generation" } & MacroBody)
  | {
    readonly kind: "filterBlock";
    readonly filter: FilterUse;
    readonly body: readonly Statement[];
    readonly line: number;
  }
  | {
    readonly kind: "with";
    readonly targets: readonly Expression[];
    readonly values: readonly Expression[];
    readonly body: readonly Statement[];
    readonly line: number;
  }
  | {
    readonly kind: "autoescape";
    readonly on: Expression;
    readonly body: readonly Statement[];
    readonly line: number;
  }
  | { readonly kind: "extends"; readonly template: Expression; readonly line: number }
  | {
    readonly kind: "include";
    readonly template: Expression;
    readonly ignoreMissing: boolean;
    readonly line: number;
  }
  | {
    readonly kind: "import";
    readonly template: Expression;
    /** The names that the import defines. */
    readonly names: readonly string[];
    readonly line: number;
  }
  | { readonly kind: "break" | "continue"; readonly line: number };

/** Any node of the tree. */
export type Node = Expression | Statement | Data;
