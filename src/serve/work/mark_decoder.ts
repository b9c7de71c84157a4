import type { Decoder } from "../../tokenizer/text_stream.ts";

/** A decoder that shows one special token as its text; the others stay hidden. */
export class MarkDecoder implements Decoder {
  constructor(readonly inner: Decoder, readonly mark: { readonly id: number; readonly text: string }) {}

  push(ids: number[]): string {
    return ids.map((id) => {
      if (id !== this.mark.id) return this.inner.push([id]);
      return this.inner.flush() + this.mark.text + this.inner.push([id]);
    }).join("");
  }

  flush(): string {
    return this.inner.flush();
  }
}
