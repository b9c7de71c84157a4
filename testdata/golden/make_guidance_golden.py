"""Writes guidance.json: results of generate with guidance_scale and with return_dict_in_generate.

    python make_guidance_golden.py

The model is the folder generate. Scores are [step][row][vocabulary]; null is minus infinity.
"""

import math

import torch
from common import HERE, write_json
from transformers import LlamaForCausalLM

IDS = [[1, 2, 3, 1, 2, 3], [9, 7, 8, 4, 11, 5]]
NEGATIVE = [[0, 0, 12, 5], [3, 30, 31, 2]]
NEGATIVE_MASK = [[0, 0, 1, 1], [1, 1, 1, 1]]

CASES = [
    {},
    {"repetition_penalty": 1.5, "no_repeat_ngram_size": 2, "suppress_tokens": [5]},
    {"guidance_scale": 1.5},
    {"guidance_scale": 0.5, "negative_prompt_ids": NEGATIVE},
    {"guidance_scale": 3.0, "negative_prompt_ids": NEGATIVE, "negative_prompt_attention_mask": NEGATIVE_MASK},
    {"guidance_scale": -1.0, "negative_prompt_ids": NEGATIVE, "repetition_penalty": 1.3},
]


def numbers(steps):
    return [[[None if math.isinf(x) else round(x, 5) for x in row] for row in step.tolist()] for step in steps]


def main():
    model = LlamaForCausalLM.from_pretrained(f"{HERE}/generate", dtype=torch.float32).eval()
    cases = []
    for options in CASES:
        given = {name: torch.tensor(value) if name.startswith("negative") else value for name, value in options.items()}
        out = model.generate(
            torch.tensor(IDS), attention_mask=torch.ones(2, 6, dtype=torch.long), max_new_tokens=8, do_sample=False,
            eos_token_id=None, pad_token_id=0, return_dict_in_generate=True, output_scores=True, output_logits=True, **given,
        )  # fmt: skip
        cases.append({
            "options": options,
            "sequences": out.sequences.tolist(),
            "scores": numbers(out.scores[:3]),
            "logits": numbers(out.logits[:3]),
        })
    write_json("guidance", {"input_ids": IDS, "cases": cases})


if __name__ == "__main__":
    main()
