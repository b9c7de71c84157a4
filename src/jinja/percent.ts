import { Evaluation, Markup, Value } from "./values.ts";
export function escapeText(value: Value, ev: Evaluation): string { throw 0; }
export function percent(a: string | Markup, b: Value, ev: Evaluation): Value { throw 0; }
