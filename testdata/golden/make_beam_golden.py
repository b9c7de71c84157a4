"""Makes beam.json: transformers' beam search on the tiny checkpoints beside this script and on the default model.
Random prompts are sampled until noise of 1e-4 on the log-probabilities changes nothing, so that no answer depends on
rounding, and, as far as such prompts are found, each option changes the answer.
Run:  python make_beam_golden.py [PART OF A NAME ...]   (no name: all, some minutes; others are kept)
"""

import json
import os
import sys

import torch
import transformers
from common import HERE, seeded, write_json

NOISE = 1e-4
TRIALS = 4
ATTEMPTS = 40
# Options that must change the answer.
TELLING = (
    "length_penalty early_stopping no_repeat_ngram_size bad_words_ids min_new_tokens min_length repetition_penalty "
    "suppress_tokens begin_suppress_tokens forced_eos_token_id exponential_decay_length_penalty"
).split()
DEFAULT = os.path.normpath(f"{HERE}/../default-model")
TOKENIZER = transformers.AutoTokenizer.from_pretrained(DEFAULT)

CASES = []


def case(covers, checkpoint="generate", prompts=(7,), texts=None, **options):
    """Prompts are lengths of random ones; texts are for the default model."""
    options = {"num_beams": 4, "max_new_tokens": 12, "eos_token_id": None, "pad_token_id": 0, **options}
    CASES.append({"covers": covers, "checkpoint": checkpoint, "prompts": prompts, "texts": texts, "options": options})


# Frequent tokens of the tiny checkpoints, so that sequences end.
ENDS = [5, 9, 16, 30, 35, 44]
FACT = "The capital of France is"
STORY = "One morning the baker"
RIVER = "The longest river is"
with open(f"{DEFAULT}/training/heldout.txt") as file:
    LONG = file.read(1800)

case("two beams, no end token", num_beams=2)
case("four beams")
case("seven beams", checkpoint="generate_eos", num_beams=7)
case("an end token inside", eos_token_id=16)
case("several end tokens", eos_token_id=ENDS, num_return_sequences=4)
case("an end token that comes early, early_stopping true", eos_token_id=ENDS, early_stopping=True,
     num_return_sequences=2)
case("the same, never", eos_token_id=ENDS, early_stopping="never", num_return_sequences=2)
case("length_penalty 0, never: the textbook's search", eos_token_id=ENDS, early_stopping="never",
     length_penalty=0.0, num_return_sequences=3)
case("length_penalty 2.5 favours long ones", eos_token_id=ENDS, length_penalty=2.5, num_return_sequences=4)
case("length_penalty -1.5 favours short ones", eos_token_id=ENDS, length_penalty=-1.5,
     num_return_sequences=4)
case("length_penalty 2, never", eos_token_id=ENDS, length_penalty=2.0, early_stopping="never")
case("length_penalty -1, never", eos_token_id=ENDS, length_penalty=-1.0, early_stopping="never")
case("all of six sequences", num_beams=6, num_return_sequences=6)
case("no_repeat_ngram_size 2", checkpoint="generate_penalty", prompts=(9,), no_repeat_ngram_size=2, max_new_tokens=20)
case("no_repeat_ngram_size 3, several sequences", checkpoint="tied", no_repeat_ngram_size=3, max_new_tokens=20,
     num_return_sequences=3)
case("bad words of one to three ids", bad_words_ids=[[12], [7, 3], [20, 21, 22], [55]])
case("bad words and an end token", bad_words_ids=[[16], [30], [8, 9]], eos_token_id=[16, 5, 44], num_return_sequences=2)
case("min_new_tokens holds the end back", eos_token_id=ENDS, min_new_tokens=8, num_return_sequences=2)
case("min_length counts the prompt", eos_token_id=ENDS, min_length=13)
case("repetition_penalty 1.4", checkpoint="generate_padded", prompts=(9,), repetition_penalty=1.4, max_new_tokens=20)
case("repetition_penalty below 1", repetition_penalty=0.8, num_return_sequences=2)
case("a batch of unequal prompts", prompts=(3, 8, 1, 5), num_beams=3)
case("a batch of unequal prompts that end apart", prompts=(6, 2, 4), eos_token_id=ENDS,
     num_return_sequences=2, pad_token_id=60)
case("a batch whose prompts end apart, early_stopping true", prompts=(5, 9), eos_token_id=ENDS,
     early_stopping=True, num_return_sequences=3, pad_token_id=60)
case("padding counts for what looks at earlier ids", prompts=(4, 9), repetition_penalty=1.3, no_repeat_ngram_size=2,
     max_new_tokens=16, pad_token_id=34)
case("max_length, the prompt included", max_length=15, max_new_tokens=None, eos_token_id=[16, 44])
case("one new token", max_new_tokens=1, num_beams=5, num_return_sequences=5)
case("dynamic rope past the maximum", checkpoint="rope_dynamic_generate", prompts=(10,))
case("longrope across the switch", checkpoint="rope_longrope", prompts=(11,))
case("everything at once", checkpoint="tied", prompts=(6,), num_beams=5, num_return_sequences=3, max_new_tokens=16,
     no_repeat_ngram_size=2, repetition_penalty=1.2, bad_words_ids=[[4], [9, 10]], min_new_tokens=5,
     eos_token_id=ENDS, length_penalty=-0.7, early_stopping=True)
case("suppressed, forced and decaying ends", eos_token_id=[5, 16], suppress_tokens=[3, 8], begin_suppress_tokens=[12],
     forced_eos_token_id=5, exponential_decay_length_penalty=(4, 1.2), num_return_sequences=2)
case("the default model, four beams", checkpoint="default", texts=[FACT], max_new_tokens=24, eos_token_id=2)
case("the default model, no_repeat_ngram_size and several sequences", checkpoint="default", texts=[STORY],
     max_new_tokens=32, eos_token_id=2, no_repeat_ngram_size=3, num_return_sequences=2)
case("the default model, a batch", checkpoint="default", texts=[FACT, STORY, RIVER], num_beams=3, max_new_tokens=20,
     eos_token_id=2, early_stopping=True)
case("the default model, a prompt of hundreds of tokens beside a short one", checkpoint="default", texts=[LONG, FACT],
     max_new_tokens=20, eos_token_id=2, num_return_sequences=2)
case("the default model, stop strings", checkpoint="default", texts=[STORY], num_return_sequences=2, max_new_tokens=24,
     eos_token_id=2, stop_strings=["ed ", "."])
case("the default model, penalties", checkpoint="default", texts=[RIVER], num_beams=5, max_new_tokens=28,
     eos_token_id=2, repetition_penalty=1.15, length_penalty=1.6, min_new_tokens=10, num_return_sequences=3)


class Noise(transformers.LogitsProcessor):
    def __init__(self, seed):
        self.generator = torch.Generator().manual_seed(seed)

    def __call__(self, input_ids, scores):
        return scores + NOISE * torch.randn(scores.shape, generator=self.generator)


def padded(rows, pad):
    width = max(len(row) for row in rows)
    ids = torch.tensor([[pad] * (width - len(row)) + row for row in rows])
    mask = torch.tensor([[0] * (width - len(row)) + [1] * len(row) for row in rows])
    return ids, mask


def search(model, rows, options, noise=None):
    ids, mask = padded(rows, options["pad_token_id"])
    if "stop_strings" in options:
        options = {**options, "tokenizer": TOKENIZER}
    processors = transformers.LogitsProcessorList([] if noise is None else [Noise(noise)])
    with torch.no_grad():
        return model.generate(ids, attention_mask=mask, logits_processor=processors, do_sample=False, **options).tolist()


def tells(model, rows, options, answer):
    """True if every option changes the answer, and a list of end tokens ends a sequence before the last token."""
    width = max(len(row) for row in rows)
    ends = options["eos_token_id"]
    if isinstance(ends, list) and not any(set(ends) & set(row[width:-1]) for row in answer):
        return False
    # "never" rarely differs from false: differing from true suffices.
    others = {"early_stopping": True} if options.get("early_stopping") == "never" else {}
    return all(
        search(model, rows, {**{key: value for key, value in options.items() if key != name}, **others}) != answer
        for name in TELLING if name in options
    )


def is_robust(model, rows, options, answer):
    """True if noise changes nothing."""
    return all(search(model, rows, options, noise) == answer for noise in range(TRIALS))


def camel(name):
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def main():
    torch.set_num_threads(1)
    assert transformers.__version__ == "4.57.6", transformers.__version__
    transformers.logging.set_verbosity_error()
    known = {}
    if len(sys.argv) > 1:
        with open(f"{HERE}/beam.json") as file:
            known = {one["covers"]: one for one in json.load(file)}
    models = {}
    cases = []
    for number, one in enumerate(CASES):
        if one["covers"] in known and not any(name in one["covers"] for name in sys.argv[1:]):
            cases.append(known[one["covers"]])
            continue
        name = one["checkpoint"]
        if name not in models:
            folder = DEFAULT if name == "default" else f"{HERE}/{name}"
            models[name] = transformers.LlamaForCausalLM.from_pretrained(
                folder, dtype=torch.float32, attn_implementation="eager"
            ).eval()
        model, options = models[name], one["options"]
        generator = seeded(one["covers"])
        for attempt in range(ATTEMPTS):
            if one["texts"]:
                rows = [TOKENIZER(text).input_ids for text in one["texts"]]
            else:
                size = model.config.vocab_size
                rows = [torch.randint(1, size, (n,), generator=generator).tolist() for n in one["prompts"]]
            answer = search(model, rows, options)
            is_last = one["texts"] or attempt == ATTEMPTS - 1
            if (is_last or tells(model, rows, options, answer)) and is_robust(model, rows, options, answer):
                break
            assert not is_last, f"{one['covers']}: hangs on a rounding"
        ids, mask = padded(rows, options["pad_token_id"])
        inputs = {"inputIds": ids.tolist(), **{camel(key): value for key, value in options.items()}}
        if len(rows) > 1:
            inputs["attentionMask"] = mask.tolist()
        cases.append({"covers": one["covers"], "checkpoint": name, "inputs": inputs, "sequences": answer})
        print(f"{number:3} attempt {attempt:2} {one['covers']}: {[row[ids.shape[1]:] for row in answer][:3]}")
    write_json("beam", cases)


if __name__ == "__main__":
    main()
