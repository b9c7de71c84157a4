"""Writes generation_config.json, and processors.json: scores before and after the processors that transformers
builds from a GenerationConfig.

    python make_processors_golden.py

The schema is in README.md. GenerationMixin._get_logits_processor alone decides which ones run, and in which order.
"""

import base64

import torch
import transformers
from common import seeded, write_json
from transformers.generation import GenerationMixin

VOCABULARY = 40

# Contents of generation_config.json.
CONFIGS = [
    {},
    {"max_new_tokens": 3, "eos_token_id": [1, 2], "pad_token_id": 0, "top_k": None},
    {"do_sample": True, "temperature": 0.5, "bad_words_ids": [[3], [4, 5]], "sequence_bias": [[[5], 1.5]]},
    {"num_beams": 3, "early_stopping": "never", "stop_strings": ["a"], "max_time": 0.5, "guidance_scale": 1.5},
    {"exponential_decay_length_penalty": [5, 1.1], "own_field": {"a": [1]}, "cache_implementation": "static"},
]

# Texts: (ids, length of the prompt).
TEXTS = {
    "short": ([7], 1),
    "first": ([3, 9, 4, 9], 4),
    "text": ([5, 6, 7, 8, 5, 6, 9, 5, 6], 4),
    "long": ([1, 2, 3, 1, 2, 3, 1, 2, 4, 1, 2, 30, 31, 1, 2], 3),
    "last": ([11, 12, 13, 11, 12], 2),
    "none": ([20, 21], 2),
}

# Scores: scale and rounding step, so that some are equal.
SCORES = {"flat": (0.5, 0), "usual": (2.0, 0), "steep": (6.0, 0), "equal": (2.0, 0.5)}

ALL_TEXTS = list(TEXTS)
DRAWN = ("short", "long")

PLAIN = [
    ({"sequence_bias": [[[4], 3.5], [[5, 6, 7], 2.0], [[6, 9], -4.0], [[1, 2, 30], float("-inf")], [[4], -1.25]]}, ALL_TEXTS),
    ({"encoder_repetition_penalty": 1.7}, ALL_TEXTS),
    ({"repetition_penalty": 1.3}, ALL_TEXTS),
    ({"repetition_penalty": 0.7}, ["text"]),
    ({"no_repeat_ngram_size": 1}, ALL_TEXTS),
    ({"no_repeat_ngram_size": 2}, ALL_TEXTS),
    ({"no_repeat_ngram_size": 3}, ALL_TEXTS),
    ({"no_repeat_ngram_size": 9}, ["text", "short"]),
    ({"encoder_no_repeat_ngram_size": 2}, ALL_TEXTS),
    ({"encoder_no_repeat_ngram_size": 3}, ALL_TEXTS),
    ({"bad_words_ids": [[9], [5, 6, 7], [1, 2], [7, 11], [2], [21, 0]]}, ALL_TEXTS),
    ({"min_length": 9}, ALL_TEXTS),
    ({"min_length": 10}, ["text"]),
    ({"min_new_tokens": 3}, ALL_TEXTS),
    ({"forced_bos_token_id": 17}, ALL_TEXTS),
    ({"forced_eos_token_id": 2, "max_new_tokens": 4}, ALL_TEXTS),
    ({"forced_eos_token_id": [2, 39], "max_new_tokens": 6}, ALL_TEXTS),
    ({"exponential_decay_length_penalty": (2, 1.4)}, ALL_TEXTS),
    ({"exponential_decay_length_penalty": (4, 0.5)}, ALL_TEXTS),
    ({"suppress_tokens": [0, 4, 38]}, ["text"]),
    ({"begin_suppress_tokens": [2, 5, 6]}, ALL_TEXTS),
    ({"begin_suppress_tokens": [2, 5], "forced_bos_token_id": 5}, ALL_TEXTS),
    ({"renormalize_logits": True, "suppress_tokens": [1]}, ["text"]),
    ({"remove_invalid_values": True, "suppress_tokens": [1], "bad_words_ids": [[3]]}, ["text"]),
    (
        {
            "sequence_bias": [[[5, 6, 8], 5.0], [[9], -2.0]],
            "repetition_penalty": 1.2,
            "no_repeat_ngram_size": 3,
            "bad_words_ids": [[8], [2]],
            "min_new_tokens": 2,
            "suppress_tokens": [10],
            "begin_suppress_tokens": [12],
            "exponential_decay_length_penalty": (3, 1.1),
            "renormalize_logits": True,
        },
        ALL_TEXTS,
    ),
]

SAMPLED = [
    {"temperature": 0.7},
    {"temperature": 3.0},
    {"top_k": 1},
    {"top_k": 5},
    {"top_k": 100},
    {"top_p": 0.0},
    {"top_p": 0.3},
    {"top_p": 0.9},
    {"min_p": 0.0},
    {"min_p": 0.05},
    {"min_p": 0.5},
    {"min_p": 1.0},
    {"typical_p": 0.1},
    {"typical_p": 0.5},
    {"typical_p": 0.95},
    {"epsilon_cutoff": 0.01},
    {"epsilon_cutoff": 0.3},
    {"eta_cutoff": 0.01},
    {"eta_cutoff": 0.2},
    {"top_k": 12, "top_p": 0.8},
    {"top_p": 0.8, "typical_p": 0.7},
    {"temperature": 1.5, "top_k": 20, "top_p": 0.9, "min_p": 0.05},
    {"typical_p": 0.9, "epsilon_cutoff": 0.02, "eta_cutoff": 0.05},
    {
        "repetition_penalty": 1.2,
        "bad_words_ids": [[1], [2, 4]],
        "temperature": 0.8,
        "top_k": 25,
        "top_p": 0.97,
        "min_p": 0.01,
        "typical_p": 0.9,
        "epsilon_cutoff": 0.005,
        "eta_cutoff": 0.01,
        "renormalize_logits": True,
    },
]


def scores_of(name):
    width, step = SCORES[name]
    scores = width * torch.randn(VOCABULARY, generator=seeded(f"processors {name}"))
    return (scores / step).round() * step if step else scores


def packed(scores):
    return base64.b64encode(scores.to(torch.float32).contiguous().numpy().tobytes()).decode()


def camel(name):
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


def shown(options):
    """The options under the library's names; JSON has no infinity, so null means minus infinity."""
    values = {camel(name): value for name, value in options.items()}
    if isinstance(values.get("forcedEosTokenId"), int):
        values["forcedEosTokenId"] = [values["forcedEosTokenId"]]
    if "sequenceBias" in values:
        values["sequenceBias"] = [[ids, None if bias == float("-inf") else bias] for ids, bias in values["sequenceBias"]]
    return values


def processed(options, text, scores, beams, eos):
    ids, prompt = TEXTS[text]
    config = transformers.GenerationConfig(**{"top_k": 0, **options}, num_beams=beams)
    config.max_length = prompt + options.get("max_new_tokens", 1000)
    config._eos_token_tensor = torch.tensor(eos) if eos else None
    row = torch.tensor([ids])
    processors = GenerationMixin()._get_logits_processor(
        config, input_ids_seq_length=prompt, encoder_input_ids=row[:, :prompt], device="cpu"
    )
    return processors(row, scores_of(scores)[None].clone())[0]


def main():
    cases = []

    def add(options, text, scores, beams=1, eos=(2, 39)):
        cases.append({
            "options": {**shown(options), "eosTokenIds": list(eos)},
            "text": text,
            "scores": scores,
            "beams": beams,
            "processed": packed(processed(options, text, scores, beams, list(eos))),
        })

    for options, texts in PLAIN:
        for text in texts:
            add(options, text, "usual")
    add({"min_new_tokens": 3, "min_length": 20}, "text", "usual", eos=())
    add({"bad_words_ids": [[2], [39], [4]]}, "text", "usual", eos=())
    add({"bad_words_ids": [[2]]}, "text", "usual", eos=(2,))
    for options in SAMPLED:
        for scores in SCORES:
            for beams in (1, 4):
                # Which of equal ids remain depends on torch's sort, which is not stable.
                if scores == "equal" and (beams > 1 or 0 < options.get("top_p", 0)):
                    continue
                add({**options, "do_sample": True}, DRAWN[beams > 1], scores, beams)
    add({"do_sample": True, "top_k": 1, "min_p": 1.0}, "text", "usual", 2, ())
    add({"do_sample": False, "temperature": 0.5, "top_k": 3}, "text", "usual")
    write_json("processors", {
        "texts": {name: {"ids": ids, "promptLength": prompt} for name, (ids, prompt) in TEXTS.items()},
        "scores": {name: packed(scores_of(name)) for name in SCORES},
        "cases": cases,
    })
    write_json("generation_config", [
        {"fields": fields, "json": transformers.GenerationConfig.from_dict(dict(fields)).to_dict()}
        for fields in CONFIGS
    ])


if __name__ == "__main__":
    main()
