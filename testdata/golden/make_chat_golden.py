"""Writes chat.json: a greedy conversation with the default model, by transformers' chat template and generate.

Usage: python make_chat_golden.py    (torch 2.8.0, transformers 4.57.6)
"""
import json
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

HERE = Path(__file__).parent
MODEL = HERE.parent / "default-model"
SYSTEM = "You know plants."
TURNS = [
    "Plants create energy through a process known as",
    "What is the opposite of hot?",
    "And of high? </s> ok",
    "Tell me\nabout water",
]


def main():
    torch.set_num_threads(1)
    tokenizer = AutoTokenizer.from_pretrained(MODEL)
    model = AutoModelForCausalLM.from_pretrained(MODEL, torch_dtype=torch.float32)
    messages = [{"role": "system", "content": SYSTEM}]
    for turn in TURNS:
        messages.append({"role": "user", "content": turn})
        ids = tokenizer.apply_chat_template(messages, add_generation_prompt=True, return_tensors="pt")
        out = model.generate(ids, max_new_tokens=24, do_sample=False, pad_token_id=0)
        answer = tokenizer.decode(out[0, ids.shape[1]:], skip_special_tokens=True)
        messages.append({"role": "assistant", "content": answer})
    (HERE / "chat.json").write_text(json.dumps(messages, indent=1) + "\n")


main()
