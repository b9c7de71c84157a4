"""Writes processed.json: greedy tokens of the checkpoint `generate` under many options.

    python make_generate_golden.py

The schema is in README.md. The best two scores always differ by at least 1e-4.
"""

import torch
import transformers
from common import HERE, write_json

PROMPT = [[1, 9, 4, 35, 4, 35]]
ONE = [[5]]
PADDED = [[0, 0, 7, 8, 7, 8], [1, 2, 3, 1, 2, 3]]
MASK = [[0, 0, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1]]

CASES = [
    (PROMPT, {}),
    (PROMPT, {"no_repeat_ngram_size": 2}),
    (PROMPT, {"no_repeat_ngram_size": 1}),
    (PADDED, {"no_repeat_ngram_size": 2}),
    (PADDED, {"encoder_no_repeat_ngram_size": 2, "repetition_penalty": 1.1}),
    (PADDED, {"repetition_penalty": 1.5}),
    (PADDED, {"encoder_repetition_penalty": 1.6}),
    (PROMPT, {"bad_words_ids": [[4], [35, 49], [41, 48, 35]]}),
    (PROMPT, {"bad_words_ids": [[35], [49]], "no_repeat_ngram_size": 3}),
    (PROMPT, {"suppress_tokens": [35, 4, 49]}),
    (PROMPT, {"begin_suppress_tokens": [4, 35, 56]}),
    (ONE, {"begin_suppress_tokens": [4, 12], "forced_bos_token_id": 12}),
    (ONE, {"forced_bos_token_id": 12, "forced_eos_token_id": 2}),
    (PROMPT, {"forced_eos_token_id": [2, 3]}),
    (PROMPT, {"max_length": 10, "max_new_tokens": None, "forced_eos_token_id": 3}),
    (PADDED, {"max_length": 9, "max_new_tokens": None}),
    (PROMPT, {"eos_token_id": [35, 4, 56, 49], "min_new_tokens": 4}),
    (PADDED, {"eos_token_id": [35, 4, 56, 49], "min_length": 8}),
    (PADDED, {"eos_token_id": [35, 4, 56, 49], "min_length": 30, "min_new_tokens": 1}),
    (PROMPT, {"eos_token_id": [20, 21], "exponential_decay_length_penalty": (2, 2.5)}),
    (PROMPT, {"sequence_bias": [[[56], -9.0], [[4, 35], -9.0], [[17], 4.5]]}),
    (PROMPT, {"renormalize_logits": True, "remove_invalid_values": True, "no_repeat_ngram_size": 2}),
    (
        PADDED,
        {
            "repetition_penalty": 1.2,
            "no_repeat_ngram_size": 2,
            "bad_words_ids": [[8], [3, 1], [30]],
            "min_new_tokens": 5,
            "eos_token_id": [7, 12, 30],
            "suppress_tokens": [9, 10],
            "sequence_bias": [[[11], 1.5]],
        },
    ),
]


def camel(name):
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


def main():
    model = transformers.LlamaForCausalLM.from_pretrained(
        f"{HERE}/generate", dtype=torch.float32, attn_implementation="eager"
    ).eval()
    rows = []
    for number, (ids, options) in enumerate(CASES):
        options = {"max_new_tokens": 12, **options}
        inputs = {"input_ids": ids, **({"attention_mask": MASK} if ids is PADDED else {})}
        out = model.generate(
            **{name: torch.tensor(value) for name, value in inputs.items()},
            **options,
            pad_token_id=0,
            return_dict_in_generate=True,
            output_scores=True,
        )
        prompt = len(ids[0])
        ends = options.get("eos_token_id", [2])
        lead = float("inf")
        for row, tokens in enumerate(out.sequences.tolist()):
            for step, scores in enumerate(out.scores):
                best = scores[row].topk(2).values
                # If an end is forced, only end tokens remain, all with score 0.
                if best[1] > -1e30 and best.any():
                    lead = min(lead, float(best[0] - best[1]))
                if tokens[prompt + step] in ends:
                    break
        assert lead > 1e-4, f"case {number}: the best two scores are {lead} apart"
        rows.append({
            "inputs": {camel(name): value for name, value in {**inputs, **options, "pad_token_id": 0}.items()},
            "sequences": out.sequences.tolist(),
        })
    write_json("processed", rows)


if __name__ == "__main__":
    main()
