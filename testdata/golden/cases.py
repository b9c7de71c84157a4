"""The cases of make_golden.py: config fields, storage dtype, calls. Sizes are odd on purpose."""

from transformers.activations import ACT2CLS

SMALL = {
    "vocab_size": 61,
    "hidden_size": 20,
    "intermediate_size": 37,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "max_position_embeddings": 64,
    "rms_norm_eps": 1e-5,
}
IDS = [[1, 17, 5, 60, 33, 8, 0, 44, 21]]
BATCH = [[1, 17, 5, 60, 33, 8, 12], [1, 40, 9, 22, 9, 3, 57], [1, 2, 31, 58, 7, 19, 50]]
PROMPT = [[1, 17, 5, 60, 33, 8, 12, 44, 21]]
LONG = [[(7 * i * i + 3 * i + 1) % 61 for i in range(24)]]
HALF = [0.5, 1.0, 1.5, 2.0, 2.5]
TENFOLD = [1.0, 2.0, 4.0, 8.0, 16.0]

CASES = {}


def case(name, covers, config=None, calls=None, dtype="bfloat16", cls="LlamaForCausalLM", **more):
    fields = {key: value for key, value in {**SMALL, **(config or {})}.items() if value != "absent"}
    calls = calls or [call(input_ids=IDS)]
    CASES[name] = {"covers": covers, "class": cls, "dtype": dtype, "config": fields, "calls": calls, **more}


def call(outputs=(), continues=False, **inputs):
    return {"inputs": inputs, "outputs": list(outputs), "continues": continues}


def greedy(ids, mask=None, **options):
    inputs = {"input_ids": ids} if mask is None else {"input_ids": ids, "attention_mask": mask}
    return {"inputs": inputs, "options": {"max_new_tokens": 12, "pad_token_id": 0, **options}}


ALL = ("hiddenStates", "attentions")

# Shapes and storage
case("mha_f32", "as many key heads as heads, float32, every step",
     {"num_attention_heads": 5, "num_key_value_heads": "absent"}, dtype="float32", steps=True)
case("gqa_bf16", "two query heads a key head, bfloat16, every step",
     {"hidden_size": 24, "num_attention_heads": 4, "num_key_value_heads": 2}, steps=True)
case("mqa_f16", "three heads on one key head, biases everywhere, float16, every step",
     {"hidden_size": 18, "num_attention_heads": 3, "attention_bias": True, "mlp_bias": True}, dtype="float16", steps=True)
case("gqa_8", "eight query heads a key head", {"hidden_size": 32, "num_attention_heads": 16, "num_key_value_heads": 2})
case("head_dim_wider", "heads times head_dim larger than hidden", {"num_attention_heads": 3, "head_dim": 10})
case("head_dim_narrower", "heads times head_dim smaller than hidden",
     {"num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 2}, dtype="float16")
case("head_dim_null", "head_dim null in the config", {"head_dim": None, "num_attention_heads": 5, "num_key_value_heads": 5})
case("one_layer_one_head", "the smallest shapes",
     {"hidden_size": 2, "intermediate_size": 1, "num_hidden_layers": 1, "num_attention_heads": 1, "vocab_size": 7},
     [call(input_ids=[[3, 6, 0, 1]]), call(input_ids=[[5]])], dtype="float32")
case("five_layers", "more layers", {"num_hidden_layers": 5, "hidden_size": 12, "intermediate_size": 13},
     [call(ALL, input_ids=IDS)])
case("attention_bias", "bias of q, k, v and o", {"attention_bias": True})
case("mlp_bias", "bias of gate, up and down", {"mlp_bias": True}, dtype="float16")
case("tied", "the head is the embedding", {"tie_word_embeddings": True})
case("tied_head_stored", "tied, and the file has another head, which does not count",
     {"tie_word_embeddings": True}, keep_head=True)
case("eps_large", "rms_norm_eps that shows", {"rms_norm_eps": 0.3})
case("eps_default", "rms_norm_eps, rope_theta and max_position_embeddings left out",
     {"rms_norm_eps": "absent", "max_position_embeddings": "absent"}, dtype="float32")
case("pretraining_tp", "accepted, changes nothing", {"pretraining_tp": 2})
case("dropout_ignored", "attention_dropout is for training", {"attention_dropout": 0.5, "initializer_range": 0.5})
case("sharded", "three shards and an index", {"attention_bias": True}, shards=3)

# Activations
for number, name in enumerate(sorted(ACT2CLS)):
    case(f"act_{name}", f"hidden_act {name}",
         {"hidden_act": name, "hidden_size": 16, "intermediate_size": 11, "num_hidden_layers": 1, "vocab_size": 31},
         [call(input_ids=[[1, 17, 5, 30, 8]])], dtype=("bfloat16", "float16")[number % 2])

# Rotary embedding
ROPE = {"max_position_embeddings": 16}
TYPES = {
    "linear": {"rope_type": "linear", "factor": 2.5},
    "dynamic": {"rope_type": "dynamic", "factor": 2.0},
    "yarn": {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 16},
    "longrope": {"rope_type": "longrope", "factor": 4.0, "short_factor": HALF, "long_factor": TENFOLD},
    "llama3": {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
               "original_max_position_embeddings": 32},
}


def rope(name, covers, scaling, calls=None, **config):
    case(f"rope_{name}", covers, {**ROPE, "rope_scaling": scaling, **config}, calls or [call(input_ids=LONG)])


rope("default", "rope_type default, positions beyond the maximum", {"rope_type": "default"})
rope("null", "rope_scaling null, another theta", None, rope_theta=500000.0)
rope("linear", "linear, beyond the maximum", TYPES["linear"])
rope("linear_type", "the older name: type", {"type": "linear", "factor": 3.0})
rope("dynamic", "dynamic: within the maximum, at it, one beyond, far beyond", TYPES["dynamic"],
     [call(input_ids=[LONG[0][:n]]) for n in (9, 16, 17, 24)])
rope("dynamic_growing", "dynamic over a cache: old keys keep their rotation", {"type": "dynamic", "factor": 3.0},
     [call(input_ids=[LONG[0][:14]])] + [call(input_ids=[part], continues=True)
                                         for part in (LONG[0][14:17], LONG[0][17:18], LONG[0][18:20])])
rope("dynamic_generate", "dynamic while generating past the maximum", TYPES["dynamic"], [greedy([LONG[0][:10]])])
rope("yarn", "yarn with its defaults", TYPES["yarn"], max_position_embeddings=64)
rope("yarn_attention_factor", "yarn: attention_factor given, no original length",
     {"rope_type": "yarn", "factor": 4.0, "attention_factor": 0.7})
rope("yarn_mscale", "yarn: mscale and mscale_all_dim", {**TYPES["yarn"], "mscale": 0.8, "mscale_all_dim": 0.3})
rope("yarn_mscale_alone", "yarn: mscale alone counts for nothing", {**TYPES["yarn"], "mscale": 0.5})
rope("yarn_betas", "yarn: beta_fast, beta_slow, truncate false",
     {**TYPES["yarn"], "beta_fast": 4.0, "beta_slow": 0.5, "truncate": False}, hidden_size=24)
rope("longrope", "longrope: short, at the switch, long", TYPES["longrope"],
     [call(input_ids=[LONG[0][:n]]) for n in (9, 16, 17, 24)])
rope("longrope_original", "longrope: the original length beside rope_scaling sets factor and switch",
     {"rope_type": "longrope", "short_factor": HALF, "long_factor": TENFOLD},
     [call(input_ids=[LONG[0][:8]]), call(input_ids=[LONG[0][:9]]), call(input_ids=LONG)],
     original_max_position_embeddings=8)
rope("longrope_attention_factor", "longrope: attention_factor given", {**TYPES["longrope"], "attention_factor": 1.3})
rope("longrope_switching", "longrope over a cache that crosses the switch", TYPES["longrope"],
     [call(input_ids=[LONG[0][:15]]), call(input_ids=[LONG[0][15:18]], continues=True),
      call(input_ids=[LONG[0][18:19]], continues=True)])
rope("llama3", "llama3: kept, blended and stretched waves", TYPES["llama3"], max_position_embeddings=64,
     head_dim=16, rope_theta=500.0)
rope("llama3_generate", "llama3 while generating", TYPES["llama3"], [greedy(PROMPT)], max_position_embeddings=64)

# Masks, positions, inputs, outputs
LEFT = [[0, 0, 0, 1, 1, 1, 1], [1] * 7, [0, 1, 1, 1, 1, 1, 1]]
RIGHT = [[1, 1, 1, 1, 0, 0, 0], [1] * 7, [1, 1, 1, 1, 1, 1, 0]]
HOLES = [[1, 0, 1, 1, 0, 1, 1], [1, 1, 0, 0, 0, 0, 1], [1] * 7]
case("mask_left", "left padding, positions counted from the first token of the row",
     calls=[call(ALL, input_ids=BATCH, attention_mask=LEFT)])
case("mask_left_positions", "left padding with positions that skip it",
     calls=[call(ALL, input_ids=BATCH, attention_mask=LEFT,
                 position_ids=[[1, 1, 1, 0, 1, 2, 3], [0, 1, 2, 3, 4, 5, 6], [1, 0, 1, 2, 3, 4, 5]])])
case("mask_right", "right padding", calls=[call(ALL, input_ids=BATCH, attention_mask=RIGHT)], dtype="float16")
case("mask_holes", "holes in the mask", calls=[call(ALL, input_ids=BATCH, attention_mask=HOLES)])
case("mask_float", "a 4-D float mask replaces the causal one",
     calls=[call(("attentions",), input_ids=BATCH, float_mask=(3, 7, 7))])
case("position_ids", "custom positions: out of order, repeated, far out",
     calls=[call(ALL, input_ids=BATCH, position_ids=[[3, 1, 4, 1, 5, 9, 2], [0, 1, 2, 0, 1, 2, 3], [60, 900, 61, 7, 8, 0, 5000]])])
case("position_ids_packed", "without cache and mask, positions that start again part the sequences",
     calls=[call(ALL, input_ids=BATCH[:2], position_ids=[[0, 1, 2, 0, 1, 2, 3], [0, 1, 2, 3, 4, 0, 1]], use_cache=False)])
case("inputs_embeds", "embeddings instead of ids", calls=[call(ALL, inputs_embeds=(2, 5, 20))], dtype="float32")
case("batch", "a batch without mask", calls=[call((*ALL, "cache"), input_ids=BATCH)])
case("labels", "loss with labels that do not count",
     calls=[call(input_ids=BATCH, labels=[[-100, -100, 5, 60, 33, 8, 12], BATCH[1], [1, 2, -100, 58, -100, 19, -100]])])
case("logits_to_keep", "the last positions, or listed ones",
     calls=[call(input_ids=BATCH, logits_to_keep=1), call(input_ids=BATCH, logits_to_keep=3),
            call(input_ids=BATCH, logits_to_keep=[0, 4, 2])])
case("cache", "five tokens, three more, one more", calls=[
    call((*ALL, "cache"), input_ids=[IDS[0][:5]]), call((*ALL, "cache"), input_ids=[IDS[0][5:8]], continues=True),
    call((*ALL, "cache"), input_ids=[IDS[0][8:]], continues=True)])
case("cache_padded", "a cache with left padding, then three more with the whole mask", calls=[
    call(input_ids=[row[:4] for row in BATCH], attention_mask=[row[:4] for row in LEFT]),
    call(input_ids=[row[4:] for row in BATCH], attention_mask=LEFT, continues=True)])
case("model", "LlamaModel and a file without prefix", cls="LlamaModel", calls=[call((*ALL, "cache"), input_ids=IDS)])
case("model_from_causal", "LlamaModel from the file of a LlamaForCausalLM", cls="LlamaModel", stored="LlamaForCausalLM",
     calls=[call(input_ids=IDS)])
case("model_from_classifier", "LlamaModel from the file of a classifier", {"num_labels": 3}, cls="LlamaModel",
     stored="LlamaForSequenceClassification", calls=[call(input_ids=IDS)])
case("causal_from_model_tied", "LlamaForCausalLM from a bare model's file: the tied head is there",
     {"tie_word_embeddings": True}, stored="LlamaModel")
case("rotary_emb_stored", "old files keep inv_freq of every layer; nothing reads it", extra="self_attn.rotary_emb.inv_freq")
case("mixed_dtypes", "norms in float32 among bfloat16", float32="norm")
case("generate", "twelve greedy tokens", calls=[greedy(PROMPT)])
case("generate_inferred_mask", "no mask given: a pad token in the prompt counts as padding", calls=[greedy(IDS)])
case("generate_tied_f32", "twelve greedy tokens, tied, float32, biases",
     {"tie_word_embeddings": True, "attention_bias": True}, dtype="float32", calls=[greedy([[1, 23, 42, 9]])])
case("generate_padded", "a left-padded batch; no end token", calls=[
    greedy([[0, 0, 0, 1, 17, 5], [1, 40, 9, 22, 9, 3], [0, 1, 2, 31, 58, 7]],
           [[0, 0, 0, 1, 1, 1], [1] * 6, [0, 1, 1, 1, 1, 1]], eos_token_id=[])])
case("generate_eos", "several end tokens: rows end apart and are filled with the pad token", calls=[
    greedy(BATCH, eos_token_id=[5, 16, 44])])
case("generate_penalty", "repetition penalty and a least length", calls=[
    greedy([[1, 23, 42, 9, 9]], repetition_penalty=1.3, min_new_tokens=8, eos_token_id=[2, 13, 15])])

# Heads
LABELS = {"pad_token_id": 0, "num_labels": 3}
PADDED = [[1, 17, 5, 60, 0, 0, 0], [1, 40, 9, 22, 9, 3, 57], [0, 0, 31, 0, 7, 19, 50]]
PADDED_MASK = [[1, 1, 1, 1, 0, 0, 0], [1] * 7, [0, 0, 1, 1, 1, 1, 1]]


def classify(name, covers, labels, config=None, **inputs):
    given = {"input_ids": PADDED, "attention_mask": PADDED_MASK, **inputs}
    calls = [call(**given, labels=labels)] if labels is not None else [call(**given)]
    case(f"sequence_{name}", covers, {**LABELS, **(config or {})}, calls, cls="LlamaForSequenceClassification")


classify("single", "one of three labels, both paddings, loss", [2, 0, 1])
classify("multi", "several labels at once, loss", [[1.0, 0.0, 1.0], [0.0, 0.0, 0.0], [0.0, 1.0, 0.5]],
         {"problem_type": "multi_label_classification"})
classify("multi_inferred", "float labels mean several at once", [[1.0, 0.0, 1.0], [0.0, 0.0, 0.0], [0.0, 1.0, 0.5]])
classify("regression", "one number, loss", [0.5, -1.25, 3.0], {"num_labels": 1})
classify("regression_three", "three numbers, loss", [[0.5, 1.0, 2.0], [-1.0, 0.0, 3.0], [0.0, 0.25, -2.0]],
         {"problem_type": "regression"})
classify("no_pad", "no pad token: a batch of one, its last token", [1], {"pad_token_id": None, "id2label": {"0": "bad", "1": "so-so", "2": "good"},
         "label2id": {"bad": 0, "so-so": 1, "good": 2}, "num_labels": "absent"}, input_ids=IDS, attention_mask=[[1] * 9])
classify("right", "no labels, no loss", None, input_ids=[[1, 17, 5, 0, 0]], attention_mask=[[1, 1, 1, 0, 0]])
case("token_labels", "a label a token, loss with labels that do not count", LABELS, cls="LlamaForTokenClassification",
     calls=[call(ALL, input_ids=PADDED, attention_mask=PADDED_MASK,
                 labels=[[0, 1, 2, 1, -100, -100, -100], [2, 2, 1, 0, 0, 1, 2], [-100, -100, 1, 1, 1, 0, 2]])])
case("question", "start and end, loss; a start behind the tokens does not count", {"pad_token_id": 0},
     cls="LlamaForQuestionAnswering",
     calls=[call(input_ids=PADDED, attention_mask=PADDED_MASK),
            call(input_ids=PADDED, attention_mask=PADDED_MASK, start_positions=[1, 4, 9], end_positions=[3, 6, 5])])

# Tables of inverse frequencies at real sizes: config, lengths
REAL = {"hidden_size": 4096, "num_attention_heads": 32, "max_position_embeddings": 4096}
WAVES = [1.0 + i * 0.37 for i in range(64)]
ROPE_TABLES = [
    (REAL, [10]),
    ({**REAL, "rope_theta": 500000.0}, [10]),
    ({"hidden_size": 576, "num_attention_heads": 9, "max_position_embeddings": 8192, "rope_theta": 100000}, [10]),
    ({"hidden_size": 20, "num_attention_heads": 2, "rope_theta": 1234.5}, [10]),
    ({**REAL, "rope_scaling": {"rope_type": "linear", "factor": 8.0}}, [10]),
    ({**REAL, "rope_scaling": {"type": "linear", "factor": 2.7}}, [10]),
    ({**REAL, "rope_scaling": {"rope_type": "dynamic", "factor": 2.0}}, [10, 4096, 4097, 5000, 16384, 70001]),
    ({**REAL, "head_dim": 80, "rope_scaling": {"rope_type": "dynamic", "factor": 3.3}}, [4097, 31313]),
    ({**REAL, "max_position_embeddings": 131072,
      "rope_scaling": {"rope_type": "yarn", "factor": 32.0, "original_max_position_embeddings": 4096}}, [10]),
    ({**REAL, "rope_scaling": {"rope_type": "yarn", "factor": 4.0, "beta_fast": 16.0, "beta_slow": 2.0,
                               "truncate": False}}, [10]),
    ({**REAL, "rope_scaling": {"rope_type": "yarn", "factor": 40.0, "mscale": 1.0, "mscale_all_dim": 0.707}}, [10]),
    ({**REAL, "rope_scaling": {"rope_type": "yarn", "factor": 40.0, "mscale_all_dim": 0.707}}, [10]),
    ({**REAL, "rope_scaling": {"rope_type": "yarn", "factor": 1.0}}, [10]),
    ({**REAL, "max_position_embeddings": 131072, "original_max_position_embeddings": 4096,
      "rope_scaling": {"type": "longrope", "short_factor": WAVES[::-1], "long_factor": WAVES}}, [4096, 4097]),
    ({**REAL, "rope_scaling": {"rope_type": "longrope", "factor": 16.0, "short_factor": WAVES[::-1],
                               "long_factor": WAVES}}, [4096, 4097]),
    ({**REAL, "rope_theta": 500000.0, "max_position_embeddings": 131072,
      "rope_scaling": {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
                       "original_max_position_embeddings": 8192}}, [10]),
    ({"hidden_size": 2048, "num_attention_heads": 32, "head_dim": 64, "rope_theta": 500000.0,
      "rope_scaling": {"rope_type": "llama3", "factor": 32.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
                       "original_max_position_embeddings": 8192}}, [10]),
]

# Vocabulary, options, ids so far
SAMPLER_CASES = [
    (50, {}, []),
    (50, {"temperature": 0.7}, []),
    (50, {"repetitionPenalty": 1.5}, [3, 3, 49, 0]),
    (50, {"topK": 1}, []),
    (50, {"topK": 7, "temperature": 1.7}, []),
    (50, {"topK": 500}, []),
    (50, {"topP": 0.9}, []),
    (50, {"topP": 0.1}, []),
    (50, {"minP": 0.1}, []),
    (50, {"minP": 1.0}, []),
    (300, {"temperature": 0.8, "topK": 40, "topP": 0.95, "minP": 0.05, "repetitionPenalty": 1.1}, [5, 17, 230]),
    (300, {"temperature": 3.0, "topK": 100, "topP": 0.5}, []),
    (1, {"temperature": 0.5, "topP": 0.5, "topK": 2}, [0]),
]
