import { tokenBytes } from "../../tokenizer/token_bytes.ts";
import { firstInvalid } from "../../base/utf8.ts";
import type { ReadBody } from "../fields/read_fields.ts";
import { badRequest } from "../http/http_error.ts";
import { jsonResponse } from "../http/http_server.ts";
import type { Exchange } from "../http/routes.ts";
import { conversationText } from "../work/prompt_ids.ts";
import type { ServedModel } from "../work/served_model.ts";
import { readIds } from "./completions.ts";
import { requireModel } from "./generate.ts";
import { readConversation } from "./read_conversation.ts";

/** Characters of a text: a longer one would hold up the other requests. */
const MOST_CHARACTERS = 1 << 20;
const MOST_TOKENS = 1 << 19;

/** `POST /tokenize`. @throws HttpError */
export function tokenize({ tokenizer }: ServedModel, _: Exchange, { values }: ReadBody): Response {
  const content = values.content as string;
  if (content.length > MOST_CHARACTERS) {
    throw badRequest(
      `content: expected at most ${MOST_CHARACTERS} characters, got ${content.length}`,
      "content",
    );
  }
  const ids = tokenizer.encode(content, {
    addSpecialTokens: values.add_special as boolean ?? false,
    parseSpecial: values.parse_special as boolean ?? true,
  });
  return jsonResponse({ tokens: values.with_pieces ? ids.map((id) => ({ id, piece: pieceOf(id) })) : ids });

  function pieceOf(id: number): string | number[] {
    if (tokenizer.pipeline.isSpecial(id)) return tokenizer.convertIdsToTokens(id);
    const bytes = tokenBytes(tokenizer, id);
    return firstInvalid(bytes) < bytes.length ? [...bytes] : new TextDecoder().decode(bytes);
  }
}

/** `POST /detokenize`. @throws HttpError */
export function detokenize(
  { tokenizer, vocabSize }: ServedModel,
  _: Exchange,
  { values }: ReadBody,
): Response {
  const ids = readIds(values.tokens as unknown[], "tokens");
  if (ids.length > MOST_TOKENS) {
    throw badRequest(`tokens: expected at most ${MOST_TOKENS} ids, got ${ids.length}`, "tokens");
  }
  const bad = ids.findIndex((id) => id >= vocabSize);
  if (bad >= 0) {
    const param = `tokens[${bad}]`;
    throw badRequest(`${param}: expected an id below the vocabulary's ${vocabSize}, got ${ids[bad]}`, param);
  }
  return jsonResponse({ content: tokenizer.decode(ids, { skipSpecialTokens: !values.parse_special }) });
}

/** `POST /apply-template`. @throws HttpError */
export function applyTemplate(model: ServedModel, _: Exchange, body: ReadBody): Response {
  requireModel(model, body.values.model);
  return jsonResponse({ prompt: conversationText(model, readConversation(body)) });
}
