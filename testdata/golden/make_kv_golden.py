"""Writes kv.json: logits of transformers 4.57.6 for ../default-model in bfloat16 and in float16, by its two attention
implementations, whose KV caches are in that type; CPU.

python make_kv_golden.py   (a minute)
"""

import base64

import torch
import transformers
from common import HERE, write_json

FOLDER = f"{HERE}/../default-model"
TEXT = (
    "The largest ocean on Earth is the Pacific, and the capital of Italy is Rome. Plants create energy through a process "
    "known as photosynthesis. Water freezes at a temperature of zero degrees. Once upon a time there was a little fox who "
    "lived in the forest, and every winter he looked for a warm place to sleep. The heart pumps blood through the body."
)
STEP = 24  # every 24th id of the vocabulary is kept


def logits_of(ids, dtype, attention):
    model = transformers.AutoModelForCausalLM.from_pretrained(FOLDER, dtype=dtype, attn_implementation=attention)
    with torch.no_grad():
        return model.eval()(ids).logits[0, :, ::STEP].contiguous()


def bits(tensor):
    return base64.b64encode(tensor.view(torch.int16).numpy().tobytes()).decode()


if __name__ == "__main__":
    assert transformers.__version__ == "4.57.6"
    ids = transformers.AutoTokenizer.from_pretrained(FOLDER)(TEXT, return_tensors="pt").input_ids
    logits = {
        name: {way: bits(logits_of(ids, getattr(torch, name), way)) for way in ("eager", "sdpa")}
        for name in ("bfloat16", "float16")
    }
    write_json("kv", {"ids": ids[0].tolist(), "step": STEP, "logits": logits})
