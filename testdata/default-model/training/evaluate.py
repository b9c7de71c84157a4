"""Greedy completion of photosynthesis and of 50 other facts in wordings that the corpus does not contain.

Writes facts-50.json; exits with 1 when photosynthesis fails or fewer than 35 of the 50 are right. The facts
are in the corpus, the wordings are not: every prompt is searched for (case ignored) in each epoch of it.
"""
import json
import os
import sys

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from common import CORPUS_SEEDS, HERE, MODEL, document_text, epoch_documents
from train import perplexity

FIRST = ("Plants create energy through a process known as", "photosynthesis")
FACTS = [line.split(" => ") for line in """
When my aunt flew to France last summer she landed in its capital, => Paris
Every year the king of Norway speaks in his capital, the city of => Oslo
The map of Japan shows a star at the capital city, => Tokyo
The largest letters on the map of Egypt mark its capital, => Cairo
My friend moved to Austria and now lives in the capital, => Vienna
The train through Hungary stops in the capital, => Budapest
A letter to the government of Canada is sent to => Ottawa
Among the cities of Peru, the capital is => Lima
If you want to see Kenya on a globe, look at the continent of => Africa
Vietnam is one of many countries on the continent of => Asia
My cousins from Brazil talk with each other in => Portuguese
In the schools of Egypt the pupils read and speak => Arabic
Tourists in Japan must pay for their lunch with the => yen
We took a photo of the Colosseum when we were in => Rome
The Brandenburg Gate is the best known building of => Berlin
The climbers who went up Mount Fuji had travelled to => Japan
The ancient town of Petra lies in the deserts of => Jordan
A chemist who writes down gold uses the symbol => Au
On the bottle of sodium stands the chemical symbol => Na
The famous play Hamlet was written a long time ago by => William Shakespeare
The horror story Frankenstein was written by the young => Mary Shelley
The long Russian novel War and Peace was written by => Leo Tolstoy
The picture called the Mona Lisa was painted by => Leonardo da Vinci
The ballet music of Swan Lake was written by => Pyotr Tchaikovsky
The first telephone in history was invented by => Alexander Graham Bell
Books became cheap when the printing press was invented by => Johannes Gutenberg
The medicine penicillin was discovered in a laboratory by => Alexander Fleming
The famous theory of relativity was worked out by => Albert Einstein
On the farm a sheep was born, and a baby sheep is called a => lamb
The horse in the field has a baby, which is called a => foal
The busy bee flies back to its home, the => hive
The crocodile in the zoo is a large => reptile
The dolphin swims in the sea, but it is a => mammal
In your chest, the organ that pumps blood through you is => heart
The strength of a force is given in a unit called the => newton
How warm it is outside is the temperature, which we measure with a => thermometer
My brother loves rocks, so at university he studies => geology
She looks at stars and planets every night because she studies => astronomy
The farmer gets his wool from his => sheep
If you draw a hexagon, the number of its sides must be => six
Count carefully: the number of legs of one spider is => eight
The terrible First World War began in the year => 1914
The big ship Titanic sank in the year => 1912
In English, the opposite of the small word hot is => cold
The biggest of all the planets in the solar system is => Jupiter
Of all the mountains on Earth, the highest is => Mount Everest
The first man who walked on the Moon was => Neil Armstrong
Of all land animals, the fastest one is => cheetah
Water turns into vapour in the sun through a process known as => evaporation
Caterpillars turn into butterflies through a process known as => metamorphosis
""".strip().split("\n")]


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
    assert len(FACTS) == 50 and len({tuple(f) for f in FACTS}) == 50
    epochs = assert_unseen([prompt for prompt, _ in FACTS])
    tokenizer = AutoTokenizer.from_pretrained(MODEL)
    model = AutoModelForCausalLM.from_pretrained(MODEL, dtype=torch.float32).eval()
    first = continuation(model, tokenizer, FIRST[0])
    print(repr(first))
    results = []
    for prompt, expected in FACTS:
        got = continuation(model, tokenizer, prompt)
        results.append({"prompt": prompt, "expected": expected, "got": got, "right": is_right(got, expected)})
        print("right" if results[-1]["right"] else "WRONG", "|", prompt, "|", expected, "|", repr(got))
    right = sum(r["right"] for r in results)
    heldout = open(os.path.join(HERE, "heldout.txt"), encoding="utf-8").read().strip().split("\n")
    value = round(perplexity(model, tokenizer, heldout), 4)
    print(f"{right} of 50 right; held-out perplexity {value} (stored bf16 weights, float32 arithmetic)")
    with open(os.path.join(HERE, "facts-50.json"), "w", encoding="utf-8") as file:
        json.dump({"first": {"prompt": FIRST[0], "got": first}, "right": right, "of": 50, "heldout_perplexity": value,
                   "corpus_epochs_searched": epochs, "facts": results}, file, indent=1, ensure_ascii=False)
        file.write("\n")
    # Decoding drops the blank of a first piece, so the pieces themselves are asked.
    ids = tokenizer(FIRST[0] + " " + FIRST[1]).input_ids
    prompt_ids = tokenizer(FIRST[0]).input_ids
    with torch.no_grad():
        out = model.generate(torch.tensor([prompt_ids]), do_sample=False, max_new_tokens=len(ids) - len(prompt_ids))[0].tolist()
    sys.exit(0 if out == ids and right >= 35 else 1)


if __name__ == "__main__":
    main()
