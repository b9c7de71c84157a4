/** How a model writes calls of tools: JSON objects with a name and arguments, with or without marks around them. */
export interface CallSyntax {
  readonly name: "tag" | "list" | "llama" | "plain";
  /** Text before a call, or before the first. */
  readonly open?: string;
  /** Text behind a call. */
  readonly close?: string;
  /** True if a call may also come without the mark, as an object at the start of a line. */
  readonly isBare: boolean;
  /** True if a call's name precedes its arguments, outside of any object. */
  readonly isNameFirst?: true;
  /** The member that holds the arguments, as the model has learnt to write it. */
  readonly key: "arguments" | "parameters";
  /** Characters of a call's id that the template demands. */
  readonly idLength?: number;
}

/** Hermes and Qwen: `<tool_call>{"name", "arguments"}</tool_call>`. */
const TAG: CallSyntax = {
  ...{ name: "tag", open: "<tool_call>", close: "</tool_call>" },
  ...{ isBare: false, key: "arguments" },
};

/** Mistral: `[TOOL_CALLS] [{"name", "arguments"}, …]`, later `[TOOL_CALLS]name[ARGS]{…}`. */
const LIST: CallSyntax = {
  ...{ name: "list", open: "[TOOL_CALLS]" },
  ...{ isBare: false, key: "arguments", idLength: 9 },
};

/** Llama 3.1 to 3.3: `{"name", "parameters"}`, with `<|python_tag|>` before it or not. */
const LLAMA: CallSyntax = { name: "llama", open: "<|python_tag|>", isBare: true, key: "parameters" };

/** No marks at all. */
const PLAIN: CallSyntax = { name: "plain", isBare: true, key: "arguments" };

/** The syntax that a chat template describes. */
export function syntaxOf(template: string): CallSyntax {
  if (template.includes(TAG.open!)) return TAG;
  if (template.includes(LIST.open!)) {
    return template.includes("[ARGS]") ? { ...LIST, isNameFirst: true } : LIST;
  }
  const key = /["']parameters\\?["']\s*:/.test(template) && !/["']arguments\\?["']\s*:/.test(template)
    ? "parameters"
    : "arguments";
  if (template.includes(LLAMA.open!) || template.includes("<|start_header_id|>")) return LLAMA;
  return { ...PLAIN, key };
}

const ID_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** A new call's id. @param kind what it begins with, where the template lets it */
export function newCallId({ idLength }: CallSyntax, kind: string): string {
  const bytes = crypto.getRandomValues(new Uint8Array(idLength ?? 24));
  const letters = Array.from(bytes, (byte) => ID_LETTERS[byte % ID_LETTERS.length]).join("");
  return idLength === undefined ? kind + letters : letters;
}
