import { bytesField, intField, pieceField } from "../../testdata/tokenizer/vocabularies.ts";
import { bytePieces, unk } from "../support/bad_tokenizer_models.ts";
import type { ChatMessage } from "../../src/tokenizer/chat_template.ts";
import { loadTemplateEngine, renderTemplate } from "../../src/tokenizer/chat_template.ts";
import { readTokenizerConfig } from "../../src/tokenizer/config.ts";
import { LlamaTokenizerFast } from "../../src/tokenizer/fast.ts";
import { fastParts } from "../../src/tokenizer/load.ts";
import { LlamaTokenizer } from "../../src/tokenizer/slow.ts";
import type { FuzzTarget } from "./fuzz.ts";
import { mutated } from "./fuzz_checkpoints.ts";
import { joined, mutateBytes } from "./mutate_bytes.ts";
import type { Random } from "../../src/base/random.ts";

await loadTemplateEngine();

const encoder = new TextEncoder();
/** Texts that tokenizers encode. */
export const TEXTS: readonly string[] = [
  "",
  "a",
  "ab ba  aab",
  "Hello, wörld 😀\n\t1234 </s> <s>x",
  "\u0000\u200d🏳️‍🌈e\u0301",
  "a".repeat(300),
];

/** A small SentencePiece model, of both kinds. */
export const tokenizerModelTarget: FuzzTarget = {
  name: "tokenizer.model",
  make(random) {
    const fallback = random.once(2);
    const texts = ["▁", "a", "b", "ab", "▁a", "ba", "aab", "é", "😀", "<s>", "</s>", "1"];
    const pieces = [
      random.once(20) ? [] : unk,
      ...(fallback ? bytePieces.slice(random.once(20) ? 1 : 0) : []),
      // No two sums are equal: otherwise the last bit would break the tie.
      ...texts.slice(random.below(4)).map((text, i) =>
        pieceField(
          text,
          random.of([-1, -2.5, 0, 1, NaN, -1e38].slice(0, random.once(20) ? 6 : 4)) + 2 ** -i / 64,
          random.of(text.startsWith("<") ? [3, 4] : [1, 1, 1, 4, 5]),
        )
      ),
    ];
    const trainer = [
      ...intField(3, random.once(15) ? random.below(6) : 1 + random.below(2)),
      ...(fallback ? intField(35, 1) : []),
      ...(random.once(4) ? intField(24, 1) : []),
      ...(random.once(4) ? bytesField(44, encoder.encode("?")) : []),
    ];
    const normalizer = [
      ...(random.once(6) ? bytesField(2, random.some(0, 24, () => random.below(256))) : []),
      ...intField(3, random.below(2)),
      ...intField(4, random.below(2)),
      ...intField(5, random.below(2)),
    ];
    let model = joined(...pieces, bytesField(2, trainer), bytesField(3, normalizer));
    for (let left = random.below(3); left > 0; left--) model = mutateBytes(random, model);
    return model;
  },
  read(model) {
    const files = { "tokenizer.model": model };
    const slow = new LlamaTokenizer(files, readTokenizerConfig(files));
    const fast = new LlamaTokenizerFast(fastParts(files));
    for (const tokenizer of [slow, fast]) {
      for (const text of TEXTS) tokenizer.decode(tokenizer.encode(text), { skipSpecialTokens: true });
    }
  },
};

const PATTERNS = [
  "\\s+",
  "(a+)+$",
  "\\p{L}+|\\p{N}{1,3}|[^\\s]",
  "(?i:'s|'t)|\\s*[\\r\\n]+",
  "(?=a)|(?<!b)",
  "(",
  "[z-a]",
  "a{999999}",
  "\\d{1,3}(?=(?:\\d{3})*\\b)",
];

function split(random: Random): unknown {
  return random.of<unknown>([
    null,
    {
      type: "Split",
      pattern: { Regex: random.of(PATTERNS) },
      behavior: random.of(["Isolated", "Removed", "MergedWithNext"]),
      invert: random.once(4),
    },
    { type: "Split", pattern: { String: random.of(["a", "", " "]) }, behavior: "Isolated", invert: false },
    { type: "ByteLevel", add_prefix_space: random.once(2), trim_offsets: true, use_regex: random.once(2) },
    {
      type: "Metaspace",
      replacement: "▁",
      prepend_scheme: random.of(["always", "never", "first"]),
      split: random.once(2),
    },
    {
      type: "Sequence",
      pretokenizers: [{ type: "Digits", individual_digits: true }, { type: "Whitespace" }],
    },
    { type: random.of(["UnicodeScripts", "BertPreTokenizer"]) },
    { type: "FixedLength", length: random.below(4) },
  ]);
}

function normalizer(random: Random): unknown {
  return random.of<unknown>([
    null,
    {
      type: "Sequence",
      normalizers: [{ type: "Prepend", prepend: "▁" }, {
        type: "Replace",
        pattern: { String: " " },
        content: "▁",
      }],
    },
    { type: random.of(["NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents"]) },
    { type: "Replace", pattern: { Regex: random.of(PATTERNS) }, content: random.of(["", "x"]) },
    { type: "Strip", strip_left: true, strip_right: false },
    {
      type: "BertNormalizer",
      clean_text: random.once(2),
      handle_chinese_chars: random.once(2),
      strip_accents: random.of([null, true, false]),
      lowercase: random.once(2),
    },
  ]);
}

function decoder(random: Random): unknown {
  return random.of<unknown>([
    null,
    { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
    { type: "Metaspace", replacement: "▁", prepend_scheme: "always", split: false },
    {
      type: "Sequence",
      decoders: [{ type: "Replace", pattern: { String: "▁" }, content: " " }, { type: "ByteFallback" }, {
        type: "Fuse",
      }, { type: "Strip", content: " ", start: 1, stop: 0 }],
    },
  ]);
}

/** A small tokenizer.json with each kind of section. */
export const tokenizerJsonTarget: FuzzTarget = {
  name: "tokenizer.json",
  make(random) {
    const vocab = { a: 0, b: 1, ab: 2, "▁": 3, "▁a": 4, "<unk>": 5, Ġ: 6 };
    const model = random.once(3)
      ? {
        type: "Unigram",
        unk_id: 0,
        vocab: [["<unk>", 0], ["a", -1], ["b", -2], ["ab", -2.5], ["▁", -3]],
        byte_fallback: false,
      }
      : {
        type: "BPE",
        unk_token: random.of([null, "<unk>"]),
        fuse_unk: true,
        byte_fallback: random.once(4),
        ignore_merges: random.once(4),
        vocab,
        merges: random.of<unknown[]>([["a b", "▁ a"], [["a", "b"], ["▁", "a"]]]),
      };
    const next = "merges" in model ? 7 : random.once(9) ? 7 : 5;
    const special = {
      single_word: false,
      lstrip: random.once(3),
      rstrip: random.once(3),
      normalized: false,
      special: true,
    };
    const template = { Sequence: { id: "A", type_id: 0 } };
    const text = encoder.encode(mutated(random, {
      version: "1.0",
      truncation: null,
      padding: null,
      added_tokens: [{ id: next, content: "<s>", ...special }, { id: next + 1, content: "</s>", ...special }],
      normalizer: normalizer(random),
      pre_tokenizer: split(random),
      post_processor: random.once(2) ? null : {
        type: "TemplateProcessing",
        single: [{ SpecialToken: { id: "<s>", type_id: 0 } }, template],
        pair: [template, { Sequence: { id: "B", type_id: 1 } }],
        special_tokens: { "<s>": { id: "<s>", ids: [next], tokens: ["<s>"] } },
      },
      decoder: decoder(random),
      model,
    }));
    return random.once(8) ? mutateBytes(random, text) : text;
  },
  read(text) {
    const tokenizer = new LlamaTokenizerFast(fastParts({ "tokenizer.json": text }));
    for (const one of TEXTS) tokenizer.decode(tokenizer.encode(one, { parseSpecial: true }));
  },
};

const PIECES = [
  "{% for m in messages %}",
  "{% endfor %}",
  "{{ m.content }}",
  "{{ m['role'] | upper }}",
  "{% if m.role == 'user' %}",
  "{% elif x %}",
  "{% else %}",
  "{% endif %}",
  "{% set x = messages %}",
  "{% set ns = namespace(n=0) %}",
  "{% set ns.n = ns.n + 1 %}",
  "{{ bos_token + m.content | trim }}",
  "{{ raise_exception('no\nway') }}",
  "{% for i in range(10**9) %}",
  "{% for i in range(99999) %}",
  "{{ 'a' * 10**9 }}",
  "{{ messages | tojson }}",
  "{{ ''.__class__ }}",
  "{{ messages[0]['__proto__'] }}",
  "{{ x.constructor.constructor('return 1')() }}",
  "{%- macro f(a) -%}{{ f(a) }}{%- endmacro -%}{{ f(1) }}",
  "{% generation %}",
  "{# note #}",
  "{{ [1,2][5] }}",
  "{{ 1/0 }}",
  "{{ nothing.at.all }}",
  "{% break %}",
  "{% continue %}",
  "{{",
  "}}",
  "{%",
  "%}",
  "|",
  "\u0000",
  "{{ strftime_now('%Y-%m') }}",
  "{{ messages | map(attribute='content') | join(',') }}",
  "{{ loop.index }}",
  "{{ 'x'.split('') }}",
  "{% call %}",
  "{% call(x) f(1) %}",
  "{% endcall %}",
  "{% endmacro %}",
  "{% macro f(a, b=a) %}",
  "{% for m in messages recursive %}{{ loop(messages) }}",
  "{% block b scoped %}",
  "{% endblock %}",
  "{{ self.b() }}",
  "{% filter upper %}",
  "{% endfilter %}",
  "{{ 10 ** 10 ** 10 }}",
  "{{ '%999999999d' % 1 }}",
  "{{ '{:>999999999}'.format(1) }}",
  "{{ messages | batch(3, messages) | list }}",
  "{{ x ~ x }}",
  "text ",
  "{% set x = x ~ x %}",
  "{{ messages | selectattr('role', 'equalto', 'user') | list | length }}",
  "{{ (((((1))))) }}",
  "{% generation %}",
  "{% endgeneration %}",
  "{% autoescape true %}",
  "{% endautoescape %}",
  "{% with x = 'a' * 99999 %}",
  "{% endwith %}",
  "{{ x.encode() ~ x[::-1] }}",
  "{{ messages | groupby('role') | map('list') | list }}",
  "{{ 'ab ' * 99 | wordwrap(3) | urlize | striptags }}",
  "{{ (2 ** 9999).to_bytes(2000) }}",
  "{{ 1e308 * 10 | round(300) | tojson }}",
  "{{ '{:>{}}'.format(x, 99) }}",
  "{{ cycler(1, 2).next() ~ joiner()() ~ lipsum(1) }}",
  "{{ messages | pprint | truncate(9) | xmlattr }}",
];
const MESSAGES: ChatMessage[] = [{ role: "system", content: "S" }, { role: "user", content: " <s> hi " }, {
  role: "assistant",
  content: "ok",
}];

/** A Jinja program composed of parts of templates and of attacks. */
export const chatTemplateTarget: FuzzTarget = {
  name: "chat template",
  make(random) {
    let text = random.some(0, 14, () => random.of(PIECES)).join("");
    if (random.once(6)) text = text.repeat(1 + random.below(40));
    if (random.once(200)) text = random.of(["{{ (", "{% if 1 %}", "{{ [", "{{ not "]).repeat(3000);
    const bytes = encoder.encode(text);
    return random.once(5) ? mutateBytes(random, bytes) : bytes;
  },
  read(template) {
    const variables = {
      messages: MESSAGES,
      bos_token: "<s>",
      eos_token: "</s>",
      add_generation_prompt: true,
    };
    return renderTemplate(new TextDecoder().decode(template), variables);
  },
};
