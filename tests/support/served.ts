/** The endpoints of the server in this process, on a model that answers nothing: for bad requests. */
import { DataError } from "../../src/base/errors.ts";
import { defaultModelFolder } from "../../src/checkpoint/files/locate.ts";
import { defaultsFor } from "../../src/generate/mod.ts";
import type { Scheduler } from "../../src/generate/engine/scheduler.ts";
import { constrainer } from "../../src/generate/sampling/constrainer.ts";
import { type HttpError, httpErrorOf } from "../../src/serve/http/http_error.ts";
import { Service } from "../../src/serve/service.ts";
import { Meter } from "../../src/serve/work/meter.ts";
import { loadTemplateEngine, loadTokenizer } from "../../src/tokenizer/mod.ts";

/** A scheduler whose answers are empty, in place of a device. */
const IDLE = {
  submit: (requests: readonly unknown[]) => ({
    cancel: () => {},
    async *[Symbol.asyncIterator]() {
      for (const index of requests.keys()) yield { index, tokens: [], finishReason: "stop" as const };
    },
  }),
  stats: () => ({ slots: [0, 1, 2, 3], queue: 16 }),
  state: "ok",
} as unknown as Scheduler;

let service: Promise<Service> | undefined;

async function load(): Promise<Service> {
  const folder = defaultModelFolder();
  const [tokenizer, defaults] = await Promise.all([
    loadTokenizer(folder),
    defaultsFor(folder),
    loadTemplateEngine(),
  ]);
  const made = new Service({ hasPage: true, onUnknown: () => {} });
  made.open({
    ...{ id: "default-model", names: new Set(), created: 0, tokenizer, template: undefined, defaults },
    ...{ answerTokens: undefined, context: 1024, vocabSize: 3072, scheduler: IDLE, timeoutMs: undefined },
    meter: new Meter(),
    constrain: constrainer(tokenizer, 3072),
    score: () => Promise.reject(new DataError("there is no device here")),
  });
  return made;
}

/** Posts a body to an endpoint; returns the status of its answer, or its error. */
export async function post(
  path: string,
  body: BodyInit,
  headers: HeadersInit = { "content-type": "application/json" },
): Promise<number | HttpError> {
  const { routes } = await (service ??= load());
  const request = new Request(`http://localhost${path}`, { method: "POST", body, headers });
  try {
    const { route, rest } = routes.find("POST", path);
    const response = await route.answer({
      ...{ request, id: "req_1", rest, signal: request.signal },
      onBug: (error) => {
        throw error;
      },
    });
    await response.text();
    return response.status;
  } catch (error) {
    const refusal = httpErrorOf(error);
    if (refusal.status === 500) throw error;
    return refusal;
  }
}
