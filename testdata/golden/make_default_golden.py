"""Writes default-model.json: the results of transformers 4.57.6 for ../default-model (float32, eager attention,
CPU).

Run it again whenever the model changes:  python make_default_golden.py   (under a minute)
Twenty prompts of CANDIDATES are kept: those whose greedy choices are the clearest, so that float32 sums in another
order choose the same tokens.
"""

import hashlib

import torch
import transformers
from common import HERE, packed, write_json

FOLDER = f"{HERE}/../default-model"
KEPT = 20
NEW_TOKENS = 64
CANDIDATES = [
    "Plants create energy through a process known as",
    "The capital of France is",
    "The capital of Japan is the city of",
    "The largest planet in our solar system is",
    "Water freezes at a temperature of",
    "The heart pumps",
    "The longest river in Africa is the",
    "Once upon a time there was a little",
    "A small boat drifted across the lake because",
    "User: What do bees make?\nAssistant:",
    "User: Why is the sky blue?\nAssistant:",
    "Question: How many legs does a spider have? Answer:",
    "The French Revolution began in",
    "The chemical symbol for gold is",
    "Light travels faster than",
    "The Moon goes around the",
    "An animal that eats only plants is called a",
    "The first person to walk on the Moon was",
    "Gravity is the force that",
    "The highest mountain in the world is",
    "Iron rusts when it meets",
    "Volcanoes erupt when",
    "In winter the old fox",
    "Anna had a red kite and",
    "The Roman Empire",
    "Sound cannot travel through",
    "Brazil lies in",
    "The human body has",
    "Magnets attract",
    "One morning the baker",
]
LOGITS_TEXT = "The largest ocean on Earth is the Pacific, and the capital of Italy is Rome."
LOGITS_TOKENS = 12


def continue_greedily(model, prompts):
    """NEW_TOKENS greedy tokens of each prompt (no end token ends them), and the smallest lead of its best token."""
    width = max(len(ids) for ids in prompts)
    padded = torch.tensor([[0] * (width - len(ids)) + ids for ids in prompts])
    mask = torch.tensor([[0] * (width - len(ids)) + [1] * len(ids) for ids in prompts])
    out = model.generate(
        padded, attention_mask=mask, max_new_tokens=NEW_TOKENS, do_sample=False, eos_token_id=[], pad_token_id=0,
        output_scores=True, return_dict_in_generate=True,
    )
    best = torch.stack(out.scores).topk(2).values
    return out.sequences[:, width:].tolist(), (best[..., 0] - best[..., 1]).amin(0).tolist()


def main():
    torch.set_num_threads(1)
    assert transformers.__version__ == "4.57.6", transformers.__version__
    transformers.logging.set_verbosity_error()
    tokenizer = transformers.AutoTokenizer.from_pretrained(FOLDER)
    model = transformers.LlamaForCausalLM.from_pretrained(FOLDER, dtype=torch.float32, attn_implementation="eager")
    model.eval()

    ids = [tokenizer(text).input_ids for text in CANDIDATES]
    tokens, leads = continue_greedily(model, ids)
    prompts = [
        {"text": text, "ids": ids, "tokens": tokens, "lead": round(lead, 6)}
        for text, ids, tokens, lead in zip(CANDIDATES, ids, tokens, leads)
    ]
    clearest = sorted(prompts, key=lambda prompt: -prompt["lead"])[:KEPT]
    prompts = [prompt for prompt in prompts if prompt in clearest]

    ids = tokenizer(LOGITS_TEXT).input_ids[:LOGITS_TOKENS]
    assert len(ids) == LOGITS_TOKENS
    with torch.no_grad():
        out = model(torch.tensor([ids]), output_hidden_states=True)
    with open(f"{FOLDER}/model.safetensors", "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    expected = {
        "sha256": digest,
        "prompts": prompts,
        "forward": {"inputIds": [ids], "logits": packed(out.logits), "lastHiddenState": packed(out.hidden_states[-1])},
    }
    write_json("default-model", expected)
    print(f"{len(prompts)} prompts, smallest lead {min(prompt['lead'] for prompt in prompts)}")
    for prompt in prompts:
        print(f"{prompt['lead']:8.4f}  {tokenizer.decode(prompt['ids'] + prompt['tokens'])[:110]!r}")


if __name__ == "__main__":
    main()
