"""Greedy completion of photosynthesis and of 50 other facts in wordings that the corpus does not contain.

Writes facts-50.json and facts-50-scenes.json; exits with 1 if photosynthesis fails or fewer than 35 of the first 50
are right. The facts are in the corpus, the wordings are not: every prompt is searched for (case ignored) in each
epoch of it.
"""
import json
import os
import sys

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from common import CORPUS_SEEDS, HERE, MODEL, document_text, epoch_documents
from train import perplexity

FIRST = ("Plants create energy through a process known as", "photosynthesis")
# prompts-50.txt: plain sentences. prompts-50-scenes.txt: the same facts inside a scene, which is harder.
SETS = ("prompts-50.txt", "prompts-50-scenes.txt")
NEEDED = 35


def prompts(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as file:
        facts = [line.split(" => ") for line in file.read().strip().split("\n")]
    assert len(facts) == 50 and len({prompt for prompt, _ in facts}) == 50
    return facts


def continuation(model, tokenizer, prompt, count=16):
    ids = tokenizer(prompt, return_tensors="pt")
    with torch.no_grad():
        out = model.generate(**ids, do_sample=False, max_new_tokens=count)
    return tokenizer.decode(out[0][ids.input_ids.shape[1]:], skip_special_tokens=False, clean_up_tokenization_spaces=False)


def is_right(got, expected):
    """The answer must be the next words; an article before it is allowed."""
    text = got.strip().lower()
    for article in ("the ", "a ", "an "):
        if text.startswith(article) and not expected.lower().startswith(article):
            text = text[len(article):]
    rest = text[len(expected):]
    return text.startswith(expected.lower()) and not rest[:1].isalnum()


def assert_unseen(prompts):
    path = os.path.join(HERE, "train.json")
    epochs = json.load(open(path))["epochs"] if os.path.exists(path) else 1
    for seed in CORPUS_SEEDS[:epochs]:
        corpus = "\n".join(document_text(d) for d in epoch_documents(seed)).lower()
        for prompt in prompts:
            assert prompt.lower() not in corpus, f"the corpus contains: {prompt}"
    return epochs


def main():
    torch.set_num_threads(2)
    epochs = assert_unseen([prompt for name in SETS for prompt, _ in prompts(name)])
    tokenizer = AutoTokenizer.from_pretrained(MODEL)
    model = AutoModelForCausalLM.from_pretrained(MODEL, dtype=torch.float32).eval()
    heldout = open(os.path.join(HERE, "heldout.txt"), encoding="utf-8").read().strip().split("\n")
    value = round(perplexity(model, tokenizer, heldout), 4)
    model.eval()
    first = continuation(model, tokenizer, FIRST[0])
    print(repr(first), "held-out perplexity", value)
    scores = []
    for name in SETS:
        results = []
        for prompt, expected in prompts(name):
            got = continuation(model, tokenizer, prompt)
            results.append({"prompt": prompt, "expected": expected, "got": got, "right": is_right(got, expected)})
            print("right" if results[-1]["right"] else "WRONG", "|", prompt, "|", expected, "|", repr(got))
        scores.append(sum(r["right"] for r in results))
        print(f"{name}: {scores[-1]} of 50 right")
        path = os.path.join(HERE, name.replace("prompts", "facts").replace(".txt", ".json"))
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"first": {"prompt": FIRST[0], "got": first}, "right": scores[-1], "of": 50, "heldout_perplexity": value,
                       "corpus_epochs_searched": epochs, "facts": results}, file, indent=1, ensure_ascii=False)
            file.write("\n")
    # Decoding drops the space of a first piece, so the pieces themselves are compared.
    ids, prompt_ids = tokenizer(" ".join(FIRST)).input_ids, tokenizer(FIRST[0]).input_ids
    with torch.no_grad():
        out = model.generate(torch.tensor([prompt_ids]), do_sample=False, max_new_tokens=len(ids) - len(prompt_ids))[0].tolist()
    sys.exit(0 if out == ids and scores[0] >= NEEDED else 1)


if __name__ == "__main__":
    main()
