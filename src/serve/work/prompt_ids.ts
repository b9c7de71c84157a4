import { encodeFitting } from "../../generate/request/encode_prompt.ts";
import type { ChatMessage } from "../../tokenizer/mod.ts";
import { httpErrorOf } from "../http/http_error.ts";
import type { ServedModel } from "./served_model.ts";

/**
 * The token ids of a prompt.
 * @param param the field of the body, for errors
 * @throws HttpError 400 for ids outside the vocabulary, no tokens, or more than the context holds
 */
export function promptIds(
  { tokenizer, vocabSize, context }: ServedModel,
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
export function encodeConversation(model: ServedModel, conversation: Conversation, param: string): number[] {
  return forField(param, () =>
    model.tokenizer.applyChatTemplate(conversation.messages, {
      ...templateOptions(model, conversation),
      parseSpecial: conversation.parseSpecial ?? false,
    }));
}

/** The token ids of a conversation that fits the context. @throws HttpError as {@link promptIds} */
export function conversationIds(
  model: ServedModel,
  conversation: Conversation,
  param = "messages",
): number[] {
  return promptIds(model, encodeConversation(model, conversation, param), {}, param);
}

/** The text of a conversation. @throws HttpError 400 if the template refuses it */
export function conversationText(model: ServedModel, conversation: Conversation): string {
  return forField(
    "messages",
    () => model.tokenizer.renderChatTemplate(conversation.messages, templateOptions(model, conversation)),
  );
}

function templateOptions({ template }: ServedModel, conversation: Conversation) {
  const { tools, variables, continueFinalMessage = false } = conversation;
  return {
    chatTemplate: template,
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
