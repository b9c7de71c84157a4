import { badRequest, HttpError, httpErrorOf } from "../http/http_error.ts";
import { eventStream, type ServerEvent } from "../http/event_stream.ts";
import type { Exchange } from "../http/routes.ts";
import { Answers } from "../work/answers.ts";
import type { Usage } from "../work/choices.ts";
import type { Job, Piece } from "../work/choice.ts";
import type { ServedModel } from "../work/served_model.ts";

/** An id of OpenAI's form. */
export function newId(kind: string): string {
  return `${kind}${crypto.randomUUID().replaceAll("-", "")}`;
}

/** Refuses a request for another model. @throws HttpError 404 */
export function requireModel(model: ServedModel, name: unknown): void {
  if (name === undefined || name === model.id || model.names.has(name as string)) return;
  const text = JSON.stringify((name as string).slice(0, 100));
  throw new HttpError(
    404,
    `the model ${text} does not exist; this server has "${model.id}"`,
    "model",
    "model_not_found",
  );
}

/** Submits the jobs of a request. @throws HttpError 400 for more sequences than the queue ever takes, 429, 503 */
export function submit(
  model: ServedModel,
  jobs: readonly Job[],
  { signal }: Exchange,
  param: string,
): Answers {
  const { slots, queue } = model.scheduler.stats();
  const sequences = jobs.reduce((sum, job) => sum + job.sequences, 0);
  if (sequences > slots.length + queue) {
    throw badRequest(
      `${param}: expected at most ${slots.length + queue} answers in one request, got ${sequences}`,
      param,
    );
  }
  return new Answers(model, jobs, signal);
}

/** Reads all pieces, one after another, and gives the log its numbers. */
export async function collect(
  answers: Answers,
  exchange: Exchange,
  onPiece: (piece: Piece) => void,
): Promise<Usage> {
  for await (const piece of answers.pieces()) onPiece(piece);
  exchange.usage = answers.usage;
  return answers.usage;
}

/**
 * Streams events; an error on the way is the last one, in the form of OpenAI's or of another API.
 * @param errorEvent default: `data: {"error": …}`
 */
export function stream(
  exchange: Exchange,
  answers: Answers | undefined,
  events: AsyncGenerator<ServerEvent>,
  errorEvent: (error: HttpError) => ServerEvent = (error) => ({ data: JSON.stringify({ error }) }),
): Response {
  async function* guarded(): AsyncGenerator<ServerEvent> {
    try {
      yield* events;
    } catch (error) {
      if (exchange.signal.aborted) return;
      const told = httpErrorOf(error);
      if (told.status === 500) exchange.onBug(error);
      yield errorEvent(told);
    } finally {
      if (answers) exchange.usage = answers.usage;
    }
  }
  return eventStream(guarded());
}

/** OpenAI's `usage`. */
export function usageJson({ promptTokens, cachedTokens, completionTokens }: Usage): Record<string, unknown> {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: { cached_tokens: cachedTokens },
  };
}

/** True if the stream ends with a chunk of the usage. @throws HttpError 400 for options without a stream */
export function wantsUsage(values: Readonly<Record<string, unknown>>): boolean {
  const options = values.stream_options as Record<string, unknown> | undefined;
  if (options === undefined) return false;
  if (!values.stream) throw badRequest("stream_options: expected stream true beside it", "stream_options");
  const { include_usage: wanted = null } = options;
  if (wanted !== null && typeof wanted !== "boolean") {
    throw badRequest("stream_options.include_usage: expected true or false", "stream_options.include_usage");
  }
  return wanted ?? false;
}
