import { snakeCase } from "../../base/names.ts";
import { Fields, isRecord } from "../../base/fields.ts";
import { isJsonObject, type JsonObject, kindOf, parseJson } from "../../base/json.ts";
import { DataError } from "../../base/errors.ts";
import { selfContradiction } from "../../generate/options/greedy.ts";
import { checkGenerationFields } from "../../generate/options/checks.ts";
import type { Row } from "../../generate/options/row.ts";
import {
  type FieldName,
  GENERATION_DEFAULTS,
  type GenerationFields,
  TABLE,
} from "../../generate/options/table.ts";
import { nearest } from "../../base/nearest.ts";
import type { OptionSpec } from "../options/option_types.ts";
import { OPTION_LIST, type OptionValues } from "../options/options.ts";
import { expected, type Value, valueFromJson } from "../../base/values.ts";

/** The contents of a `--jsonl` record. */
export interface PromptRecord {
  /** Text, or token ids to use unchanged; the question if there is a context. */
  readonly prompt: string | number[];
  /** The text that contains the answer to a question. */
  readonly context?: string;
  /** Fields of a conversation, which the prompt is made of. */
  readonly chat?: JsonObject;
  /** A request of an OpenAI batch file, instead of a prompt. */
  readonly batch?: BatchLine;
  readonly options: RecordOptions;
}

/** A line of an OpenAI batch file. */
export interface BatchLine {
  readonly url: string;
  readonly body: JsonObject;
}

/**
 * Options that a record may set: options of the command, and fields of GenerationConfig without an option.
 */
export type RecordOptions = OptionValues & { generation?: Partial<GenerationFields> };

const RECORD_OPTIONS = new Map<string, [string, OptionSpec]>(
  OPTION_LIST.filter(([, spec]) => spec.record).map(([name, spec]) => [snakeCase(name), [name, spec]]),
);

/** Names of the other generation fields, each with its field. */
const GENERATION_FIELDS = new Map(
  (Object.keys(GENERATION_DEFAULTS) as FieldName[]).map((name) => [snakeCase(name), name] as const)
    .filter(([field, name]) => !RECORD_OPTIONS.has(field) && (TABLE[name] as Row).places.includes("record")),
);

/**
 * Parses a record, or other JSON that a user writes.
 * @throws DataError if the text is not JSON
 */
export function parseRecord(text: string): unknown {
  return parseJson(text, "expected JSON", { lenient: true });
}

/**
 * Checks a parsed record.
 * @param alsoNull other fields that it may have, if they are null
 * @throws DataError that names the field, the expected and the actual value
 */
export function readRecord(value: unknown, alsoNull: readonly string[] = []): PromptRecord {
  if (!isRecord(value)) throw new DataError(`expected an object with "prompt", got ${kindOf(value)}`);
  return { options: readOptions(value, ["prompt", ...alsoNull]), prompt: readPrompt(value.prompt) };
}

/** Fields of a record with a conversation; they mean the same in the body of `/v1/chat/completions`. */
export const CONVERSATION = [
  "messages",
  "tools",
  "tool_choice",
  "parallel_tool_calls",
  "chat_template_kwargs",
  "add_generation_prompt",
  "continue_final_message",
] as const;

/**
 * Checks a parsed record of `llama run`: a prompt, messages, or a line of an OpenAI batch file.
 * @throws DataError that names the field, the expected and the actual value
 */
export function readRunRecord(value: unknown): PromptRecord {
  if (isBatchLine(value)) return { prompt: "", options: {}, batch: readBatchLine(value) };
  if (!isJsonObject(value)) return readRecord(value);
  const given = CONVERSATION.filter((name) => (value[name] ?? null) !== null);
  if (given.length === 0) return readRecord(value, CONVERSATION);
  if (!given.includes("messages")) throw new DataError(`${given[0]}: expected messages beside it, missing`);
  if ((value.prompt ?? null) !== null) throw new DataError("prompt and messages contradict each other");
  const chat = Object.fromEntries(given.map((name) => [name, value[name]]));
  return { options: readOptions(value, ["prompt", ...CONVERSATION]), prompt: "", chat };
}

/** True for a line of an OpenAI batch file, even an invalid one. */
export function isBatchLine(value: unknown): value is JsonObject {
  if (!isJsonObject(value)) return false;
  return Object.hasOwn(value, "custom_id") || (Object.hasOwn(value, "url") && Object.hasOwn(value, "body"));
}

function readBatchLine({ custom_id: id, method, url, body }: JsonObject): BatchLine {
  if (typeof id !== "string") throw new DataError(`custom_id: expected text, got ${kindOf(id)}`);
  if (method !== "POST") throw new DataError(`method: expected "POST", got ${kindOf(method)}`);
  if (typeof url !== "string") throw new DataError(`url: expected text, got ${kindOf(url)}`);
  if (!isJsonObject(body)) throw new DataError(`body: expected an object, got ${kindOf(body)}`);
  return { url, body };
}

/**
 * Checks a parsed record of question answering: `{"question", "context"}`.
 * @throws DataError that names the field, the expected and the actual value
 */
export function readQuestion(value: unknown): PromptRecord {
  if (!isRecord(value)) {
    throw new DataError(`expected an object with "question" and "context", got ${kindOf(value)}`);
  }
  const options = readOptions(value, ["question", "context"]);
  return { options, prompt: readText(value, "question"), context: readText(value, "context") };
}

function readText(record: Record<string, unknown>, field: string): string {
  const text = record[field];
  if (typeof text !== "string" || text === "") {
    throw new DataError(`${field}: expected text, got ${text === "" ? "an empty one" : kindOf(text)}`);
  }
  if (!text.isWellFormed()) throw new DataError(`${field}: expected Unicode text, got a lone surrogate`);
  return text;
}

/** The options of a record, which may also have `own` fields and an id. */
function readOptions(value: Record<string, unknown>, own: readonly string[]): RecordOptions {
  const options: Record<string, Value> = {};
  const names = new Map<string, string>();
  for (const [field, given] of Object.entries(value)) {
    if (field === "id" || own.includes(field)) continue;
    if (given !== null && GENERATION_FIELDS.has(field)) names.set(GENERATION_FIELDS.get(field)!, field);
    else if (!GENERATION_FIELDS.has(field)) readOption(field, given, own, options);
  }
  if (options.greedy && options.doSample) throw new DataError("greedy and do_sample contradict each other");
  const problem = selfContradiction(options, snakeCase);
  if (problem !== undefined) throw new DataError(problem);
  if (names.size === 0) return options as OptionValues;
  const generation = checkGenerationFields(new Fields(new Map(Object.entries(value)), ""), names);
  return { ...options as OptionValues, generation };
}

/** Reads a field that is an option of the command. */
function readOption(
  field: string,
  given: unknown,
  own: readonly string[],
  options: Record<string, Value>,
): void {
  const option = RECORD_OPTIONS.get(field);
  if (!option) {
    const guess = nearest(field, [...own, "id", ...RECORD_OPTIONS.keys(), ...GENERATION_FIELDS.keys()]);
    throw new DataError(`unknown field ${JSON.stringify(field)}${guess ? `; did you mean "${guess}"?` : ""}`);
  }
  if (given === null) return;
  const [name, spec] = option;
  const checked = valueFromJson(spec, given);
  if (checked === undefined) {
    throw new DataError(`${field}: expected ${expected(spec)}, got ${kindOf(given)}`);
  }
  options[name] = checked;
}

/** The record's `id` (or `custom_id`) if it has one, else null, even if the record is otherwise invalid. */
export function recordId(value: unknown): unknown {
  if (isBatchLine(value)) return value.custom_id ?? null;
  return isRecord(value) ? value.id ?? null : null;
}

function readPrompt(prompt: unknown): string | number[] {
  if (typeof prompt === "string") {
    if (!prompt.isWellFormed()) throw new DataError("prompt: expected Unicode text, got a lone surrogate");
    return prompt;
  }
  if (!Array.isArray(prompt)) {
    throw new DataError(`prompt: expected text or a list of token ids, got ${kindOf(prompt)}`);
  }
  return checkIds(prompt, "prompt");
}

/**
 * A list of token ids: integers from 0 up.
 * @throws DataError that names the first invalid one
 */
export function checkIds(ids: readonly unknown[], where: string): number[] {
  const bad = ids.findIndex((id) => !Number.isSafeInteger(id) || id as number < 0);
  if (bad >= 0) throw new DataError(`${where}[${bad}]: expected a token id, got ${kindOf(ids[bad])}`);
  return ids as number[];
}
