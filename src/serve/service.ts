import { readFields } from "./fields/read_fields.ts";
import type { FieldTable } from "./fields/body_field.ts";
import type { ReadBody } from "./fields/read_fields.ts";
import { type BodyLimits, readJson } from "./http/body.ts";
import { unavailable } from "./http/http_error.ts";
import { jsonResponse } from "./http/http_server.ts";
import { type Exchange, type Route, Routes } from "./http/routes.ts";
import { CHAT_TABLE, chatCompletions } from "./api/chat.ts";
import { COMPLETION_TABLE, completions } from "./api/completions.ts";
import { countTokens, messages } from "./api/messages.ts";
import { metrics } from "./api/metrics.ts";
import { responses } from "./api/responses.ts";
import { slots } from "./api/slots.ts";
import { applyTemplate, detokenize, tokenize } from "./api/tokens.ts";
import { COUNT_TABLE, MESSAGES_TABLE } from "./fields/messages_fields.ts";
import { DETOKENIZE_FIELDS, TEMPLATE_FIELDS, TOKENIZE_FIELDS } from "./fields/other_fields.ts";
import { RESPONSES_TABLE } from "./fields/responses_fields.ts";
import { listModels, showModel } from "./api/models.ts";
import type { ServedModel } from "./work/served_model.ts";

/** Bounds of a body: a conversation may be long, and a client slow. */
const BODY_LIMITS: BodyLimits = { bytes: 16 * 2 ** 20, ms: 30_000 };

/** Settings of the endpoints. */
export interface ServiceOptions {
  /** False: `GET /` is 404. */
  readonly hasPage: boolean;
  /** Receives the names of fields that are ignored because nobody knows them, each once. */
  readonly onUnknown: (field: string) => void;
}

type Handler = (model: ServedModel, exchange: Exchange, body: ReadBody) => Promise<Response> | Response;

/** The endpoints with a JSON body: their fields and their handlers. */
export const POSTS: readonly (readonly [path: string, table: FieldTable, handler: Handler])[] = [
  ["/v1/completions", COMPLETION_TABLE, completions],
  ["/v1/chat/completions", CHAT_TABLE, chatCompletions],
  ["/v1/responses", RESPONSES_TABLE, responses],
  ["/v1/messages", MESSAGES_TABLE, messages],
  ["/v1/messages/count_tokens", COUNT_TABLE, countTokens],
  ["/tokenize", TOKENIZE_FIELDS, tokenize],
  ["/detokenize", DETOKENIZE_FIELDS, detokenize],
  ["/apply-template", TEMPLATE_FIELDS, applyTemplate],
];

/** The server's endpoints on a model, which may still be on its way. */
export class Service {
  readonly routes: Routes;
  readonly #options: ServiceOptions;
  readonly #unknown = new Set<string>();
  #model: ServedModel | undefined;

  constructor(options: ServiceOptions) {
    this.#options = options;
    const get = (path: string, answer: (model: ServedModel, exchange: Exchange) => Response): Route => ({
      ...{ method: "GET", path },
      answer: (exchange) => answer(this.#ready(), exchange),
    });
    this.routes = new Routes([
      { method: "GET", path: "/health", isOpen: true, isEarly: true, answer: () => this.#health() },
      ...options.hasPage
        ? [{ method: "GET", path: "/", isOpen: true, isEarly: true, answer: () => this.#page() } as const]
        : [],
      get("/v1/models", listModels),
      get("/metrics", metrics),
      get("/slots", slots),
      get("/v1/models/*", (model, { rest }) => showModel(model, rest)),
      ...POSTS.map(([path, table, handler]): Route => ({
        ...{ method: "POST", path },
        answer: async (exchange) => await handler(this.#ready(), exchange, await this.#read(exchange, table)),
      })),
    ]);
  }

  /** The model, once it is there. */
  get model(): ServedModel | undefined {
    return this.#model;
  }

  /** True until the model is there. */
  get isLoading(): boolean {
    return this.#model === undefined;
  }

  /** Begins to answer. */
  open(model: ServedModel): void {
    this.#model = model;
  }

  #ready(): ServedModel {
    if (this.#model) return this.#model;
    throw unavailable("the model is being loaded", "loading_model");
  }

  #health(): Response {
    const state = this.#model?.scheduler.state ?? "loading";
    const status = STATUS[state];
    const headers: Record<string, string> = state === "ok" ? {} : { "retry-after": "1" };
    return jsonResponse({ status }, state === "ok" ? 200 : 503, headers);
  }

  #page(): Response {
    const lines = ["llama: an HTTP server with OpenAI's API. Endpoints:", ...this.routes.list];
    return new Response(lines.join("\n") + "\n", {
      headers: { "content-type": "text/plain; charset=utf-8" },
    });
  }

  async #read({ request }: Exchange, table: FieldTable): Promise<ReadBody> {
    const body = readFields(table, await readJson(request, BODY_LIMITS));
    for (const name of body.unknown) {
      // Anything else may be somebody's text.
      if (!/^[a-z][a-z0-9_]{0,39}$/.test(name)) continue;
      if (this.#unknown.size >= MOST_UNKNOWN || this.#unknown.has(name)) continue;
      this.#unknown.add(name);
      this.#options.onUnknown(name);
    }
    return body;
  }
}

/** Names of unknown fields that are remembered. */
const MOST_UNKNOWN = 100;

const STATUS = {
  loading: "loading model",
  ok: "ok",
  draining: "shutting down",
  failed: "device failed",
} as const;
