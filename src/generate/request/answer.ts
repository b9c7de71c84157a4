import type { TextStream } from "../../tokenizer/text_stream.ts";
import type { GenerationEvent } from "../options/types.ts";

/** One answer as its events arrive: its tokens up to a stop string, and the text that is certain. */
export class Answer {
  readonly tokens: number[] = [];
  readonly logprobs: NonNullable<GenerationEvent["logprobs"]> = [];
  text = "";
  /** Set once the answer is complete. */
  finishReason: GenerationEvent["finishReason"];

  /** @param stream absent if the model has no tokenizer: then there is no text */
  constructor(readonly stream: TextStream | undefined) {}

  /** True if a stop string has ended the text before the sequence: the rest of it is not needed. */
  get isOver(): boolean {
    return this.stream?.stopped === true && this.finishReason === undefined;
  }

  /** Handles an event; returns the text that it makes certain. */
  accept(event: GenerationEvent): string {
    const { stream } = this;
    let text = "";
    for (let i = 0; i < event.tokens.length && !stream?.stopped; i++) {
      this.tokens.push(event.tokens[i]);
      if (event.logprobs) this.logprobs.push(event.logprobs[i]);
      text += stream?.push([event.tokens[i]]) ?? "";
    }
    if (event.finishReason) {
      text += stream?.flush() ?? "";
      this.finishReason = stream?.stopped ? "stop" : event.finishReason;
    }
    this.text += text;
    return text;
  }
}
