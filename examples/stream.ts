/** Prints text as it is made; Ctrl-C stops: stream.ts [MODEL [TEXT]] */
import { LlamaForCausalLM, LlamaTokenizerFast, TextStreamer } from "../src/mod.ts";

const [path = "testdata/default-model", text = "The sun"] = Deno.args;

using model = await LlamaForCausalLM.fromPretrained(path);
const tokenizer = await LlamaTokenizerFast.fromPretrained(path);

const stop = new AbortController();
const onInterrupt = () => stop.abort();
Deno.addSignalListener("SIGINT", onInterrupt);

const encoder = new TextEncoder();
const print = (piece: string) => Deno.stdout.writeSync(encoder.encode(piece));
await model.generate({
  inputIds: [tokenizer.encode(text)],
  maxNewTokens: 40,
  streamer: new TextStreamer(tokenizer, print, { skipPrompt: true, skipSpecialTokens: true }),
  signal: stop.signal,
});
print("\n");
Deno.removeSignalListener("SIGINT", onInterrupt);
