"""Makes expected.json beside it: the output of transformers' AttentionMaskVisualizer for texts of the default model,
and the model's attention weights for them.

Usage: python make_mask.py (torch 2.8, transformers 4.57.6). The visualizer imports Pillow, which Llama does not
need: an empty module replaces it if it is not installed.
"""

import contextlib
import io
import json
import os
import sys
import types

import torch
import transformers

HERE = os.path.dirname(os.path.abspath(__file__))
MODEL = f"{HERE}/../default-model"
TEXTS = ["The sun gives light.", "a", "It's \"here\" \U0001f600\n学<s>", " ".join(["Water"] * 13)]
CHOICES = [(1, None), (3, 5)]


def visualizer():
    try:
        import PIL  # noqa: F401
    except ImportError:
        transformers.LlamaModel  # loaded while Pillow is still missing
        transformers.AutoTokenizer
        sys.modules["PIL"] = types.ModuleType("PIL")
        sys.modules["PIL"].Image = None
    from transformers.utils.attention_visualizer import AttentionMaskVisualizer

    return AttentionMaskVisualizer(MODEL)


def main():
    tokenizer = transformers.AutoTokenizer.from_pretrained(MODEL)
    model = transformers.AutoModel.from_pretrained(MODEL, dtype=torch.float32, attn_implementation="eager")
    draw = visualizer()
    cases = []
    for text in TEXTS:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            draw(text)
        # The box above contains this machine's folder.
        lines = printed.getvalue().split("\n")[4:-2]
        with torch.no_grad():
            attentions = model(**tokenizer(text, return_tensors="pt"), output_attentions=True).attentions
        weights = []
        for layer, head in CHOICES:
            heads = attentions[layer][0]
            matrix = heads.mean(0) if head is None else heads[head]
            rows = [[round(value, 5) for value in row] for row in matrix.tolist()]
            weights.append({"layer": layer, "head": head, "weights": rows})
        cases.append({"text": text, "lines": lines, "attention": weights})
    with open(f"{HERE}/expected.json", "w") as file:
        json.dump(cases, file, ensure_ascii=False, separators=(",", ":"))
        file.write("\n")


main()
