import type { Evaluation } from "./values.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  ">": "&gt;",
  "<": "&lt;",
  "'": "&#39;",
  '"': "&#34;",
};

/** A text with the five marks of HTML as entities. */
export function escapeHtml(text: string, ev: Evaluation): string {
  const result = text.replace(/[&<>'"]/g, (mark) => ENTITIES[mark]);
  ev.budget.text(result.length);
  return result;
}
