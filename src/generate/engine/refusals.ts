import { DataError, EnvironmentError } from "../../base/errors.ts";

/** A prompt that leaves no room for an answer. */
export class ContextLengthError extends DataError {
  override name = "ContextLengthError";

  constructor(readonly promptTokens: number, readonly maxLength: number) {
    super(`the prompt has ${promptTokens} tokens, the context ${maxLength}: no room for an answer`);
  }
}

/** More requests wait than the queue holds. */
export class QueueFullError extends EnvironmentError {
  override name = "QueueFullError";

  constructor(waiting: number) {
    super(`the queue is full: ${waiting} requests are waiting; try again later`);
  }
}

/** No request is accepted any more, or the time for running ones is over. */
export class ShuttingDownError extends EnvironmentError {
  override name = "ShuttingDownError";

  constructor() {
    super("the server is shutting down");
  }
}

/** A request took longer than it may. */
export class TimeLimitError extends EnvironmentError {
  override name = "TimeLimitError";

  constructor(milliseconds: number) {
    super(`the request was not answered within ${milliseconds / 1000} s`);
  }
}
