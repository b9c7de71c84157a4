import { clock } from "../../base/clock.ts";
import type { LlamaError } from "../../base/errors.ts";
import type { Constraint } from "../../constraint/constraint.ts";
import type { GenerationEvent, GenerationRequest } from "../../generate/options/types.ts";
import { CHAT_TABLE, chatJob, ChatText } from "../../serve/api/chat.ts";
import { readFields } from "../../serve/fields/read_fields.ts";
import { badRequest, httpErrorOf } from "../../serve/http/http_error.ts";
import { Choices, requestsOf } from "../../serve/work/choices.ts";
import type { Job } from "../../serve/work/choice.ts";
import type { RequestModel } from "../../serve/work/served_model.ts";
import { loadTemplateEngine } from "../../tokenizer/mod.ts";
import type { Slot } from "../terminal/in_order.ts";
import { toJson } from "../terminal/output.ts";
import { asData, askedOf, RequestError } from "./chats.ts";
import type { Ongoing } from "./continuation.ts";
import type { PromptItem } from "./input.ts";

const CHAT_URL = "/v1/chat/completions";

/** The answer to one line of an OpenAI batch file while it is made. */
export class BatchAnswer {
  readonly requests: readonly GenerationRequest[];
  readonly #item: PromptItem;
  readonly #model: RequestModel;
  readonly #choices: Choices;
  readonly #text: ChatText;

  /** @param job the work that {@link batchJob} has found in the line */
  constructor(model: RequestModel, item: PromptItem, job: Job) {
    this.#item = item;
    this.#model = model;
    this.#choices = new Choices(model, [job]);
    this.#text = new ChatText(job);
    this.requests = requestsOf([job]);
  }

  /** One sequence of the answer; the last one that ends prints all of them. */
  sequence(number: number, slot: Slot): Ongoing {
    const choice = this.#choices.at(number);
    const tokens: number[] = [];
    const { ids: promptIds, options } = choice.job;
    return {
      setup: { item: this.#item, promptIds, options, slot },
      tokens,
      get finished() {
        return choice.isFinished;
      },
      accept: (event: GenerationEvent) => {
        this.#text.add(this.#choices.accept(number, event));
        tokens.push(...event.tokens);
        if (this.#choices.areFinished) {
          slot.write(this.#line());
          slot.close();
        }
        return choice.isOver;
      },
      breakOff: () => false,
    };
  }

  #line(): string {
    const { index } = this.#item;
    const created = Math.floor(clock.date().getTime() / 1000);
    const head = { id: `chatcmpl-${index}`, created, model: this.#model.id };
    return batchLine(this.#item, 200, this.#text.completion(head, this.#choices.usage));
  }
}

/**
 * The work of a line.
 * @param constraint holds an answer whose body has no constraint
 * @throws RequestError with the status that a server would answer
 */
export async function batchJob(
  model: RequestModel,
  { batch }: PromptItem,
  constraint: Constraint | undefined,
): Promise<Job> {
  const { url, body } = batch!;
  await loadTemplateEngine();
  return await asData(() => {
    if (url !== CHAT_URL) {
      throw badRequest(`url: expected ${JSON.stringify(CHAT_URL)}, got ${JSON.stringify(url)}`, "url");
    }
    const read = readFields(CHAT_TABLE, body);
    if (read.values.stream) throw badRequest("stream: a batch has no streams", "stream");
    return chatJob(model, read, askedOf(constraint));
  });
}

/** The output for a line that failed: the error is in the response, as a server's, and in `error`. */
export function failedBatchLine(item: PromptItem, error: LlamaError): string {
  const refusal = error instanceof RequestError ? error.refusal : httpErrorOf(error);
  const { message, code } = refusal.toJSON();
  return batchLine(item, refusal.status, { error: refusal }, { code: code ?? "invalid_request", message });
}

function batchLine({ index, id }: PromptItem, status: number, body: unknown, error: unknown = null): string {
  const response = { status_code: status, request_id: `req_${index}`, body };
  return toJson({ id: `batch_req_${index}`, custom_id: id, response, error }) + "\n";
}
