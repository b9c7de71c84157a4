import { encodeFitting } from "../../generate/request/encode_prompt.ts";
import type { ChatMessage } from "../../tokenizer/mod.ts";
import { httpErrorOf } from "../http/http_error.ts";
import { plainMessages } from "../tools/plain_messages.ts";
import type { RequestModel } from "./served_model.ts";
import { templateOf } from "./tool_plan.ts";

/**
 * The token ids of a prompt.
 * @param param the field of the body, for errors
 * @throws HttpError 400 for ids outside the vocabulary, no tokens, or more than the context holds
 */
export function promptIds(
  { tokenizer, vocabSize, context }: RequestModel,
  prompt: string | number[],
  settings: { raw?: boolean; parseSpecial?: boolean },
  param: string,
  newTokens: 0 | 1 = 1,
): number[] {
  return forField(param, () => {
    const bounds = { tokens: context, name: "the context" };
    return encodeFitting({ prompt, where: param }, tokenizer, settings, vocabSize, bounds, newTokens);
  });
}

/** A conversation for the chat template. */
export interface Conversation {
  readonly messages: readonly ChatMessage[];
  readonly tools?: readonly unknown[];
  readonly variables?: Record<string, unknown>;
  readonly addGenerationPrompt?: boolean;
  readonly continueFinalMessage?: boolean;
  readonly parseSpecial?: boolean;
}

/**
 * The token ids of a conversation; the template has its own special tokens.
 * @param param the field of the body, for errors
 * @throws HttpError 400 if the template refuses it
 */
export function encodeConversation(model: RequestModel, conversation: Conversation, param: string): number[] {
  return forField(param, () => {
    const { messages, ...options } = templateInput(model, conversation);
    const parseSpecial = conversation.parseSpecial ?? false;
    return model.tokenizer.applyChatTemplate(messages, { ...options, parseSpecial });
  });
}

/**
 * The token ids of a conversation that fits the context.
 * @param opening ids at which the answer begins
 * @throws HttpError as {@link promptIds}
 */
export function conversationIds(
  model: RequestModel,
  conversation: Conversation,
  opening: readonly number[] = [],
  param = "messages",
): number[] {
  return promptIds(model, [...encodeConversation(model, conversation, param), ...opening], {}, param);
}

/** The text of a conversation. @throws HttpError 400 if the template refuses it */
export function conversationText(model: RequestModel, conversation: Conversation): string {
  return forField("messages", () => {
    const { messages, ...options } = templateInput(model, conversation);
    return model.tokenizer.renderChatTemplate(messages, options);
  });
}

function templateInput(model: RequestModel, conversation: Conversation) {
  const { variables, continueFinalMessage = false } = conversation;
  let { messages, tools } = conversation;
  const hasCalls = messages.some(({ role, tool_calls: calls }) => role === "tool" || calls !== undefined);
  if ((tools || hasCalls) && !/tools|tool_calls/.test(templateOf(model, tools !== undefined))) {
    [messages, tools] = [plainMessages(messages, tools), undefined];
  }
  return {
    messages,
    chatTemplate: model.template,
    addGenerationPrompt: conversation.addGenerationPrompt ?? !continueFinalMessage,
    continueFinalMessage,
    ...(tools && { tools: [...tools] }),
    variables,
  };
}

function forField<T>(param: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw httpErrorOf(error, param);
  }
}
