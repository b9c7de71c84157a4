import { DataError } from "../../base/errors.ts";
import type { JsonObject } from "../../base/json.ts";
import type { Constraint } from "../../constraint/constraint.ts";
import type { CompiledConstraint } from "../../constraint/constraints.ts";
import type { GenerationOptions } from "../../generate/options/types.ts";
import { messageOf } from "../../serve/api/chat.ts";
import { readConversation } from "../../serve/api/read_conversation.ts";
import { readTools } from "../../serve/api/read_tools.ts";
import { CHAT_FIELDS } from "../../serve/fields/openai_fields.ts";
import { readFields } from "../../serve/fields/read_fields.ts";
import { HttpError } from "../../serve/http/http_error.ts";
import { addCalls, type WholeCall } from "../../serve/tools/call_delta.ts";
import { type AskedConstraint, compileAsked } from "../../serve/work/constraint.ts";
import { conversationText, encodeConversation } from "../../serve/work/prompt_ids.ts";
import { Choice } from "../../serve/work/choice.ts";
import type { RequestModel } from "../../serve/work/served_model.ts";
import { planTools } from "../../serve/work/tool_plan.ts";
import { loadTemplateEngine } from "../../tokenizer/mod.ts";
import { CONVERSATION } from "./record.ts";

const FIELDS = Object.fromEntries(CONVERSATION.map((name) => [name, CHAT_FIELDS[name]]));

/** A request that the parts of `llama serve` have refused. */
export class RequestError extends DataError {
  override name = "RequestError";

  constructor(readonly refusal: HttpError) {
    super(refusal.message);
  }
}

/** Calls parts of `llama serve`; their refusals become errors in data. */
export async function asData<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof HttpError ? new RequestError(error) : error;
  }
}

/** A conversation as a prompt. */
export interface ChatPrompt {
  readonly ids: number[];
  /** The conversation in the model's template. */
  readonly text: string;
  readonly constraint: CompiledConstraint | undefined;
  /** The message of a whole answer, with its calls of tools. */
  message(tokens: readonly number[], text: string, options: GenerationOptions): Record<string, unknown>;
}

/** Settings of {@link chatPrompt}. */
export interface ChatSettings {
  /** A system message for a conversation that begins with none. */
  readonly system: string | undefined;
  readonly parseSpecial: boolean | undefined;
  readonly constraint: Constraint | undefined;
}

/**
 * The prompt of a conversation, by the model's chat template.
 * @param chat `messages` and the other fields of a record
 * @throws DataError that names the field
 */
export async function chatPrompt(
  model: RequestModel,
  chat: JsonObject,
  settings: ChatSettings,
): Promise<ChatPrompt> {
  await loadTemplateEngine();
  return await asData(async () => {
    const { values } = readFields(FIELDS, chat);
    const tools = readTools(
      values.tools as unknown[] | undefined,
      values.tool_choice,
      values.parallel_tool_calls,
    );
    const asked = { parseSpecial: settings.parseSpecial };
    const read = readConversation({ asked, values, unknown: [] }, tools);
    const [{ role }] = read.messages;
    const { system } = settings;
    const opening = system === undefined || role === "system" ? [] : [{ role: "system", content: system }];
    const conversation = { ...read, messages: [...opening, ...read.messages] };
    const plan = await planTools(model, tools, askedOf(settings.constraint), "call_");
    const text = conversationText(model, conversation);
    if (!text.isWellFormed()) throw new DataError("messages: expected Unicode text, got a lone surrogate");
    const ids = [...encodeConversation(model, conversation, "messages"), ...plan.opening];
    return {
      ids,
      text,
      constraint: await compileAsked(model, plan.asked),
      message(tokens, text, options) {
        if (!plan.reader) return messageOf(text, []);
        const job = { ids, sequences: 1, reader: plan.reader, options: { ...options, logprobs: undefined } };
        const choice = new Choice(model, job, 0);
        const piece = choice.accept({ index: 0, tokens: [...tokens], finishReason: "stop" });
        const calls: WholeCall[] = [];
        addCalls(calls, piece.calls);
        return messageOf(piece.text, calls);
      },
    };
  });
}

/** A constraint of a record or a flag, with the name of its field. */
export function askedOf(constraint: Constraint | undefined): AskedConstraint | undefined {
  return constraint && { constraint, param: constraint.kind === "regex" ? "regex" : "json_schema" };
}
