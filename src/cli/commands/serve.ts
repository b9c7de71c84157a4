import { clock } from "../../base/clock.ts";
import { DataError, EnvironmentError, LlamaError, UsageError } from "../../base/errors.ts";
import { LlamaConfig } from "../../checkpoint/config/config.ts";
import { defaultsFor, type ServingMemory, Session } from "../../generate/mod.ts";
import { constrainer } from "../../generate/sampling/constrainer.ts";
import { generationConfigOf } from "../../generate/options/generation_config.ts";
import { type Access, accessLine } from "../../serve/http/access_log.ts";
import { isLoopback } from "../../serve/http/guards.ts";
import { HttpServer } from "../../serve/http/http_server.ts";
import { keyCheck } from "../../serve/http/keys.ts";
import { Service } from "../../serve/service.ts";
import { errorBody } from "../../serve/api/error_body.ts";
import { Meter } from "../../serve/work/meter.ts";
import type { ServedModel } from "../../serve/work/served_model.ts";
import { loadTemplateEngine } from "../../tokenizer/mod.ts";
import type { Call } from "../shared/call.ts";
import { readChatTemplate } from "../shared/chat_template_option.ts";
import { contextOf, findModel, findTokenizer, loadSession } from "../shared/load_model.ts";
import { formatBytes } from "../shared/progress.ts";
import { modelId } from "../shared/model_id.ts";
import { tellUnfit } from "../shared/tell_unfit.ts";

const DEFAULT_HOST = "127.0.0.1";
const DEFAULT_PORT = 8080;
const DEFAULT_PARALLEL = 4;
const DEFAULT_QUEUE = 64;
const DEFAULT_GRACE = 30;

/**
 * `llama serve`: an HTTP server with OpenAI's API.
 * @returns 0 after a signal, once the running requests have ended
 * @throws EnvironmentError if the address is in use, or the device is lost
 */
export async function serve(call: Call): Promise<number> {
  const { values, positionals, log, io } = call;
  if (positionals.length > 0) {
    throw new UsageError(`expected no argument, got ${JSON.stringify(positionals[0])}`);
  }
  const { host = DEFAULT_HOST, port = DEFAULT_PORT } = values;
  const keys = keysOf(call);
  if (!isLoopback(host) && keys.length === 0) {
    throw new UsageError(
      `--host ${host}: other machines reach this address: set a key with --api-key KEY or LLAMA_API_KEY`,
    );
  }
  for (const origin of values.cors ?? []) {
    if (origin !== "*" && !/^https?:\/\/[^\s/?#@]+\/?$/i.test(origin)) {
      throw new UsageError(
        `--cors: expected * or an origin such as https://example.com, got ${JSON.stringify(origin)}`,
      );
    }
  }
  if (values.cache === "dynamic") {
    throw new UsageError("--cache: the server allocates its cache at the start");
  }
  const meter = new Meter();
  const service = new Service({
    hasPage: !values.noPage,
    onUnknown: (field) =>
      log.detail(`requests have the unknown field ${JSON.stringify(field)}; it is ignored`),
  });
  const onAccess = (access: Access) => {
    // A series for each unknown path would let strangers grow the metrics.
    meter.answered(access.isKnown ? access.path : "other", access.status);
    if (values.log === "json") io.writeError(`${accessLine(access, "json")}\n`);
    else log.detail(accessLine(access, "text"));
  };
  const server = new HttpServer({
    ...{ host, port, cors: (values.cors ?? []).map((origin) => origin.toLowerCase().replace(/\/$/, "")) },
    ...{ routes: service.routes, requireKey: await keyCheck(keys), onAccess, errorBody },
    isLoading: () => service.isLoading,
    onBug: (error) => log.error(`internal error: ${bugText(error)}`),
  });
  let session: Session | undefined;
  try {
    session = await open(call, service, meter);
    log.note(`listening on ${server.url}`);
    return await untilEnd(call, service, server);
  } finally {
    await server.close();
    session?.dispose();
  }
}

/** Loads the model and opens the service on it. */
async function open(call: Call, service: Service, meter: Meter): Promise<Session> {
  const { values, log } = call;
  const path = await findModel(call);
  const config = await LlamaConfig.fromPretrained(path);
  const context = contextOf(config.maxPositionEmbeddings, values.maxLength);
  const tokenizer = await findTokenizer(path);
  if (!tokenizer) throw new DataError(`${path}: the model has no tokenizer.json or tokenizer.model`);
  const slots = values.parallel ?? DEFAULT_PARALLEL;
  const [session, defaults, template, stated] = await Promise.all([
    loadSession(Session, path, call, {
      ...{ cache: "static", batchSize: slots, maxLength: context.tokens, expected: 1 },
      serving: { cacheRam: values.cacheRam },
    }),
    defaultsFor(path),
    readChatTemplate(values.chatTemplate, tokenizer),
    generationConfigOf(path).then((generation) => generation.stated()),
    loadTemplateEngine(),
  ]);
  tellUnfit(log, defaults);
  const scheduler = await session.serve({ queue: values.queue ?? DEFAULT_QUEUE });
  log.note(memoryLine(await session.memory()));
  const id = modelId(call, path);
  const model: ServedModel = {
    ...{ id: values.alias ?? id, names: new Set([id]), created: Math.floor(clock.date().getTime() / 1000) },
    ...{ tokenizer, template, defaults, scheduler, meter },
    constrain: constrainer(tokenizer, config.vocabSize),
    answerTokens: stated.maxNewTokens ?? undefined,
    context: context.tokens,
    vocabSize: config.vocabSize,
    timeoutMs: values.requestTimeout === undefined ? undefined : values.requestTimeout * 1000,
    score: (ids, options) => session.score(ids, options),
  };
  service.open(model);
  return session;
}

function memoryLine({ weights, cache, others, batchSize, maxLength, kvDtype }: ServingMemory): string {
  return `memory: ${formatBytes(weights)} of weights, ${
    formatBytes(cache)
  } for ${batchSize} × ${maxLength} ` +
    `positions in ${kvDtype}, ${formatBytes(others)} for the rest`;
}

/** Waits for a signal or the loss of the device; running requests get their time. */
async function untilEnd(call: Call, service: Service, server: HttpServer): Promise<number> {
  const { values, interrupts, log } = call;
  const { scheduler } = service.model!;
  const stop = Promise.withResolvers<"stop">();
  let isStopping = false;
  const release = interrupts?.claim(() => {
    if (isStopping) return false;
    isStopping = true;
    stop.resolve("stop");
    return true;
  }, "every signal");
  try {
    const end = await Promise.race([stop.promise, scheduler.failed]);
    if (end !== "stop") {
      if (end instanceof LlamaError) throw new EnvironmentError(end.message);
      throw end;
    }
    const seconds = values.grace ?? DEFAULT_GRACE;
    log.detail(`shutting down: running requests have ${seconds} seconds`);
    await scheduler.drain(seconds * 1000);
    await server.close();
    await scheduler.dispose();
    return 0;
  } finally {
    release?.();
  }
}

/** The keys of the command line and of the environment. @throws UsageError for an empty one */
function keysOf({ values, io }: Call): string[] {
  const keys = [...values.apiKey ?? [], ...io.env("LLAMA_API_KEY") ? [io.env("LLAMA_API_KEY")!] : []];
  const isBad = keys.some((key) => !/^[\x21-\x7e]+$/.test(key));
  if (isBad) throw new UsageError("--api-key: expected printable ASCII characters without blanks");
  return keys;
}

/** Where a bug is, without its message, which may quote a prompt. */
function bugText(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const at = /\bat .*?([\w.-]+:\d+:\d+)\)?/.exec(error.stack ?? "")?.[1];
  return `${error.name}${at === undefined ? "" : ` at ${at}`}`;
}
