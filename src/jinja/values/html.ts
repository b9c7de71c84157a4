import { str } from "./text.ts";
import { type Evaluation, Markup, type Value } from "./values.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  ">": "&gt;",
  "<": "&lt;",
  "'": "&#39;",
  '"': "&#34;",
};

/** Replaces the five HTML special characters by entities. */
export function escapeHtml(text: string, ev: Evaluation): string {
  const result = text.replace(/[&<>'"]/g, (mark) => ENTITIES[mark]);
  ev.budget.text(result.length);
  return result;
}

/** The text of a value, escaped unless it is safe HTML. */
export function escapeText(value: Value, ev: Evaluation): string {
  return value instanceof Markup ? value.text : escapeHtml(str(value, ev), ev);
}
