/** A validation whose deletion changes nothing observable, and the reason to keep it. */
export interface Equivalent {
  readonly file: string;
  /** Part of its text. */
  readonly text: string;
  readonly why: string;
}

const NARROWS = "the next test refuses these values too; this one narrows the type";
const READ_BEFORE = "the same member was read and checked just before";

/** Deletions that no case can notice. */
export const EQUIVALENTS: readonly Equivalent[] = [
  ...["initializer_range", "pretraining_tp", "attention_dropout"].map((field) => ({
    file: "checkpoint/config/config.ts",
    text: `"${field}"`,
    why: "the field changes no result: a bad value is noted and refuses nothing",
  })),
  {
    file: "checkpoint/safetensors/open_checkpoint.ts",
    text: "count === 0",
    why:
      "no available file system returns an empty read before the end; with one that does, this ends an endless loop",
  },
  {
    file: "generate/options/checks.ts",
    text: "fields.string(name, null)",
    why: "for stop_strings it is called only if there is a string; for cache_implementation a row notices",
  },
  {
    file: "jinja/values/budget.ts",
    text: "at most ${MOST_STEPS} steps",
    why: "the clock ends it too, later on a quick machine",
  },
  {
    file: "jinja/values/budget.ts",
    text: "an end within ${MOST_TIME} ms",
    why: "steps run out first on a quick machine",
  },
  {
    file: "tokenizer/sentencepiece/convert.ts",
    text: 'Fields.of(value, "tokenizer.model")',
    why: "made of the program's own sections",
  },
  {
    file: "tokenizer/infilling.ts",
    text: 'Fields.of({ type: "Replace"',
    why: "made of the program's own section",
  },
  {
    file: "tokenizer/models/pair_map.ts",
    text: "at most ${MOST_PAIRS} pairs",
    why: "sixteen million pairs are too many for a row",
  },
  { file: "tokenizer/tokenizer_json/post_processors.ts", text: 'typeof id !== "number"', why: NARROWS },
  { file: "tokenizer/config_tokens.ts", text: 'section.boolean("normalized", null)', why: READ_BEFORE },
  { file: "tokenizer/tokenizer_json/decoders.ts", text: 'section.object("pattern")', why: READ_BEFORE },
  { file: "tokenizer/tokenizer_json/decoders.ts", text: '.string("String", REQUIRED)', why: READ_BEFORE },
  {
    file: "tokenizer/tokenizer_json/decoders.ts",
    text: 'section.string("type", REQUIRED)',
    why: READ_BEFORE,
  },
  { file: "tokenizer/tokenizer_json/decoders.ts", text: 'section.objects("decoders")', why: READ_BEFORE },
  {
    file: "tokenizer/tokenizer_json/tokenizer_json.ts",
    text: "parseJson(quick.rest, file, LIMITS)",
    why: "what the quick reading refuses is read again as a whole, which reports it",
  },
  {
    file: "tokenizer/tokenizer_json/tokenizer_json.ts",
    text: 'root.object("model")',
    why:
      "if the vocabulary was read quickly there is a model; readModel's own check, with the same text, is noticed",
  },
  { file: "tokenizer/tokenizer_json/tokenizer_json.ts", text: 'typeof id !== "number"', why: NARROWS },
  { file: "tokenizer/tokenizer_json/tokenizer_json.ts", text: 'typeof score !== "number"', why: NARROWS },
  {
    file: "tokenizer/tokenizer_json/tokenizer_json.ts",
    text: "!Number.isFinite(score)",
    why: "the JSON reader refuses numbers beyond a double's; without it this is the only check",
  },
];
