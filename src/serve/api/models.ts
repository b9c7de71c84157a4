import { HttpError } from "../http/http_error.ts";
import { jsonResponse } from "../http/http_server.ts";
import type { ServedModel } from "../work/served_model.ts";
import { requireModel } from "./generate.ts";

/** `GET /v1/models`. */
export function listModels(model: ServedModel): Response {
  return jsonResponse({ object: "list", data: [modelJson(model)] });
}

/** `GET /v1/models/{id}`. @throws HttpError 404 */
export function showModel(model: ServedModel, encodedId: string): Response {
  let id: string;
  try {
    id = decodeURIComponent(encodedId);
  } catch {
    throw new HttpError(
      404,
      "expected a model's id in the path, got a broken escape",
      "model",
      "model_not_found",
    );
  }
  requireModel(model, id);
  return jsonResponse(modelJson(model));
}

function modelJson({ id, created, context }: ServedModel): Record<string, unknown> {
  // `max_model_len` is vLLM's name, which some clients read.
  return { id, object: "model", created, owned_by: "llama", context_length: context, max_model_len: context };
}
