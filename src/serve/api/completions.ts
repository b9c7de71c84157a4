import { clock } from "../../base/clock.ts";
import { kindOf } from "../../base/json.ts";
import type { FieldTable } from "../fields/body_field.ts";
import { GENERATION_FIELDS } from "../fields/generation_fields.ts";
import { COMMON_FIELDS, COMPLETION_FIELDS, SAMPLING_FIELDS } from "../fields/openai_fields.ts";
import type { ReadBody } from "../fields/read_fields.ts";
import type { ServerEvent } from "../http/event_stream.ts";
import { badRequest } from "../http/http_error.ts";
import { jsonResponse } from "../http/http_server.ts";
import type { Exchange } from "../http/routes.ts";
import type { Answers } from "../work/answers.ts";
import type { Usage } from "../work/choices.ts";
import { askedConstraint, compileAsked } from "../work/constraint.ts";
import { promptIds } from "../work/prompt_ids.ts";
import type { ServedModel } from "../work/served_model.ts";
import { optionsWithin, settingsFor } from "../work/settings.ts";
import { CompletionText, type Echo, echoOf } from "./completion_text.ts";
import { collect, newId, requireModel, stream, submit, usageJson, wantsUsage } from "./generate.ts";

/** Fields of `/v1/completions`. */
export const COMPLETION_TABLE: FieldTable = {
  ...GENERATION_FIELDS,
  ...COMMON_FIELDS,
  ...SAMPLING_FIELDS,
  ...COMPLETION_FIELDS,
};

/** Length of an answer whose request names none, as in OpenAI's API. */
const DEFAULT_TOKENS = 16;
/** Prompts of one request. */
const MOST_PROMPTS = 1024;

/** `POST /v1/completions`. @throws HttpError */
export async function completions(model: ServedModel, exchange: Exchange, body: ReadBody): Promise<Response> {
  const { values, asked } = body;
  requireModel(model, values.model);
  const withUsage = wantsUsage(values);
  const logprobs = values.logprobs as number | undefined;
  const n = asked.numReturnSequences ?? 1;
  const bestOf = values.best_of as number ?? n;
  requireBestOf(n, bestOf, values.stream === true);
  // The likeliest answers are found by their log-probabilities.
  const settings = settingsFor(model, body, {
    answerTokens: DEFAULT_TOKENS,
    logprobs: logprobs ?? (bestOf > n ? 0 : undefined),
  });
  const { maxNewTokens } = settings.options;
  const prompts = readPrompts(values.prompt).map(({ prompt, param }) => {
    const ids = promptIds(model, prompt, settings, param, maxNewTokens === 0 ? 0 : 1);
    return { prompt, ids };
  });
  const constraint = await compileAsked(model, askedConstraint(values));
  const jobs = prompts.map(({ ids }) => ({
    ids,
    options: optionsWithin(model, settings.options, ids.length),
    sequences: bestOf,
    cacheSalt: settings.cacheSalt,
    constraint,
  }));
  const answers = maxNewTokens === 0 ? undefined : submit(model, jobs, exchange, "n");
  const echoes = async () => {
    const all: (Echo | undefined)[] = [];
    for (const { prompt, ids } of prompts) {
      all.push(values.echo ? await echoOf(model, prompt, ids, logprobs, exchange.signal) : undefined);
    }
    return all;
  };
  const head = { id: newId("cmpl-"), created: Math.floor(clock.date().getTime() / 1000), model: model.id };
  const plan: Plan = {
    answers,
    echoes,
    prompts: prompts.length,
    n: bestOf,
    hasLogprobs: logprobs !== undefined,
  };
  const none: Usage = {
    promptTokens: jobs.reduce((sum, { ids }) => sum + ids.length, 0),
    cachedTokens: 0,
    completionTokens: 0,
  };
  if (values.stream) return stream(exchange, answers, chunks(plan, head, withUsage, answers?.usage ?? none));
  const texts = await textsOf(plan);
  const usage = answers ? await collect(answers, exchange, (piece) => texts[piece.choice].add(piece)) : none;
  const chosen = texts.flatMap((_, i) => i % bestOf === 0 ? likeliest(texts.slice(i, i + bestOf), n) : []);
  return jsonResponse({
    ...{ id: head.id, object: "text_completion", created: head.created, model: head.model },
    choices: chosen.map((text, index) => ({ index, ...text.whole(plan.hasLogprobs) })),
    usage: usageJson(usage),
  });
}

/** Everything that makes the choices of a request. */
interface Plan {
  /** Absent if no token is to be generated. */
  readonly answers: Answers | undefined;
  readonly echoes: () => Promise<(Echo | undefined)[]>;
  readonly prompts: number;
  readonly n: number;
  readonly hasLogprobs: boolean;
}

async function textsOf({ answers, echoes, n }: Plan): Promise<CompletionText[]> {
  return (await echoes()).flatMap((echo) =>
    Array.from({ length: n }, () => new CompletionText(echo, answers === undefined))
  );
}

async function* chunks(
  plan: Plan,
  { id, created, model }: { id: string; created: number; model: string },
  withUsage: boolean,
  usage: Usage,
): AsyncGenerator<ServerEvent> {
  const chunk = (choices: unknown[], last?: unknown): ServerEvent => ({
    data: JSON.stringify({
      ...{ id, object: "text_completion", created, model, choices },
      usage: last,
    }),
  });
  const texts = await textsOf(plan);
  for (const [index, text] of texts.entries()) {
    const start = text.part(plan.hasLogprobs);
    if (start.text !== "" || start.logprobs) yield chunk([{ index, ...start, finish_reason: null }]);
    if (!plan.answers) yield chunk([{ index, text: "", logprobs: null, finish_reason: "length" }]);
  }
  for await (const piece of plan.answers?.pieces() ?? []) {
    const { choice: index, finish } = piece;
    texts[index].add(piece);
    const part = texts[index].part(plan.hasLogprobs);
    if (part.text !== "" || part.logprobs) yield chunk([{ index, ...part, finish_reason: null }]);
    if (finish) yield chunk([{ index, text: "", logprobs: null, finish_reason: finish }]);
  }
  if (withUsage) yield chunk([], usageJson(usage));
  yield { data: "[DONE]" };
}

function requireBestOf(n: number, bestOf: number, streams: boolean): void {
  if (bestOf < n) throw badRequest(`best_of: expected at least n, ${n}, got ${bestOf}`, "best_of");
  if (bestOf > n && streams) throw badRequest("best_of: expected stream false beside it", "best_of");
}

/** The n texts of the highest mean log-probability, in the order of their making. */
function likeliest(texts: readonly CompletionText[], n: number): readonly CompletionText[] {
  if (texts.length === n) return texts;
  const best = new Set([...texts].sort((a, b) => b.meanLogprob - a.meanLogprob).slice(0, n));
  return texts.filter((text) => best.has(text));
}

interface ReadPrompt {
  readonly prompt: string | number[];
  /** Name in errors. */
  readonly param: string;
}

function readPrompts(prompt: unknown): ReadPrompt[] {
  if (typeof prompt === "string") return [{ prompt, param: "prompt" }];
  const fail = (where: string, value: unknown) =>
    badRequest(`${where}: expected text or token ids, got ${kindOf(value)}`, where);
  if (!Array.isArray(prompt)) throw fail("prompt", prompt);
  if (prompt.length === 0) {
    throw badRequest("prompt: expected at least one prompt, got an empty list", "prompt");
  }
  if (typeof prompt[0] === "number") return [{ prompt: readIds(prompt, "prompt"), param: "prompt" }];
  if (prompt.length > MOST_PROMPTS) {
    throw badRequest(`prompt: expected at most ${MOST_PROMPTS} prompts, got ${prompt.length}`, "prompt");
  }
  return prompt.map((one, i) => {
    const param = `prompt[${i}]`;
    if (typeof one === "string") return { prompt: one, param };
    if (!Array.isArray(one)) throw fail(param, one);
    if (one.length === 0) throw badRequest(`${param}: expected at least one token, got an empty list`, param);
    return { prompt: readIds(one, param), param };
  });
}

/** A list of token ids. @throws HttpError 400 that names the first invalid one */
export function readIds(ids: readonly unknown[], where: string): number[] {
  const bad = ids.findIndex((id) => !Number.isSafeInteger(id) || (id as number) < 0);
  if (bad < 0) return ids as number[];
  throw badRequest(`${where}[${bad}]: expected a token id, got ${kindOf(ids[bad])}`, `${where}[${bad}]`);
}
