import { loadTemplateEngine } from "./chat_template.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { llama2Json, llama2Model, llama3Json } from "../../testdata/tokenizer/vocabularies.ts";
import type { CallOptions } from "./batch.ts";
import type { ChatMessage } from "./chat_template.ts";
import { readTokenizerConfig } from "./config.ts";
import type { TokenizerFiles, TokenizerOptions } from "./config_types.ts";
import { LlamaTokenizerFast } from "./fast.ts";
import { fastParts } from "./load.ts";
import { LlamaTokenizer } from "./slow.ts";

await loadTemplateEngine();

interface Call {
  kind: string;
  pair?: boolean;
  options?: Record<string, unknown>;
  truncate?: [string, string];
  strategy?: CallOptions["truncation"];
  length?: number;
  result: Record<string, unknown> | number[] | null;
}

interface Chat {
  kind: string;
  messages: ChatMessage[];
  prompt: boolean;
  continue?: boolean;
  tools: unknown[] | null;
  text: string;
  ids?: number[];
}

const golden = JSON.parse(
  await Deno.readTextFile(new URL("../../testdata/tokenizer/calls.json", import.meta.url)),
) as {
  texts: string[];
  pairs: string[];
  calls: Call[];
  slow: Call[];
  template: string;
  chats: Chat[];
};

function fast(files: TokenizerFiles, options: TokenizerOptions): LlamaTokenizerFast {
  return new LlamaTokenizerFast(fastParts(files, options));
}

const tokenizers: Record<string, LlamaTokenizerFast> = {
  "llama2-fast": fast(llama2Json(), { padToken: "<unk>" }),
  "llama2-fast-new": fast(llama2Model(), { legacy: false, padToken: "<unk>" }),
  "llama3": fast(llama3Json(), { padToken: "<|eot_id|>" }),
};

function camel(options: Record<string, unknown>): CallOptions {
  return Object.fromEntries(
    Object.entries(options).map((
      [key, value],
    ) => [key.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()), value]),
  );
}

Deno.test("batches: padding, truncation, pairs, masks, types and offsets as transformers gives them", () => {
  for (const { kind, pair, options, result } of golden.calls) {
    if (options === undefined) continue;
    const got = tokenizers[kind].call(golden.texts, {
      ...camel(options),
      textPair: pair ? golden.pairs : undefined,
    });
    const shown = {
      input_ids: got.inputIds,
      token_type_ids: got.tokenTypeIds,
      attention_mask: got.attentionMask,
      special_tokens_mask: got.specialTokensMask,
      offset_mapping: got.offsetMapping,
    };
    assertEquals(shown, result, `${kind} ${pair ? "pairs" : "texts"} ${JSON.stringify(options)}`);
  }
});

Deno.test("batches of the slow tokenizer: padding, truncation, pairs, masks and types", () => {
  const files = llama2Model();
  const tokenizer = new LlamaTokenizer(
    files,
    readTokenizerConfig(files, { padToken: "<unk>", addEosToken: true }),
  );
  for (const { pair, options = {}, result } of golden.slow) {
    const got = tokenizer.call(golden.texts, {
      ...camel(options),
      textPair: pair ? golden.pairs : undefined,
    });
    const shown = {
      input_ids: got.inputIds,
      token_type_ids: got.tokenTypeIds,
      attention_mask: got.attentionMask,
      special_tokens_mask: got.specialTokensMask,
    };
    assertEquals(shown, result, `${pair ? "pairs" : "texts"} ${JSON.stringify(options)}`);
    assertEquals(got.offsetMapping, []);
  }
});

Deno.test("truncation strategies as transformers applies them", () => {
  for (const { kind, truncate, strategy, length, result } of golden.calls) {
    if (truncate === undefined) continue;
    const run = () =>
      tokenizers[kind].call(truncate[0], { textPair: truncate[1], truncation: strategy, maxLength: length });
    if (result === null) assertThrows(run);
    else assertEquals(run().inputIds[0], result, `${kind} ${strategy} ${length}`);
  }
});

Deno.test("chat templates render and encode as in Python", () => {
  for (const chat of golden.chats) {
    const tokenizer = tokenizers[chat.kind];
    if (chat.continue) {
      const chatTemplate = "{% for m in messages %}{{ m.content }}{{ eos_token }}{% endfor %}";
      const options = { chatTemplate, continueFinalMessage: true };
      assertEquals(tokenizer.renderChatTemplate(chat.messages.slice(0, 3), options), chat.text);
      continue;
    }
    const options = {
      chatTemplate: golden.template,
      addGenerationPrompt: chat.prompt,
      tools: chat.tools ?? undefined,
    };
    assertEquals(tokenizer.renderChatTemplate(chat.messages, options), chat.text);
    assertEquals(tokenizer.applyChatTemplate(chat.messages, options), chat.ids);
  }
});

Deno.test("special-token text inside messages stays text on request, the template's own does not", () => {
  const tokenizer = tokenizers["llama2-fast"];
  const chatTemplate = "{{ bos_token }}{% for m in messages %}{{ m.content }}{{ eos_token }}{% endfor %}";
  const messages = [{ role: "user", content: "a</s>b<s>" }];
  const ids = tokenizer.applyChatTemplate(messages, { chatTemplate, parseSpecial: false });
  assertEquals(ids.filter((id) => id < 3), [1, 2]);
  assertEquals(tokenizer.decode(ids), "<s> a</s>b<s></s>");
  assertEquals(tokenizer.applyChatTemplate(messages, { chatTemplate }).filter((id) => id < 3), [1, 2, 1, 2]);
});
