"""Records the results of transformers and sentencepiece for hard strings: golden.json.gz for the tests.

    python make_golden.py VOCABULARIES OUT [--count 5000] [--seed 1] [--full]

VOCABULARIES contains llama2/ and llama3/ (the real vocabularies) and unigram/tokenizer.model. Rows of a kind that
equal the row of an earlier kind (`like`) are stored as null, and so are decoded texts that equal the text itself.
Ids are delta-encoded.
"""
import argparse
import gzip
import json
import random

parser = argparse.ArgumentParser()
parser.add_argument("vocabularies")
parser.add_argument("out")
parser.add_argument("--count", type=int, default=5000)
parser.add_argument("--seed", type=int, default=1)
arguments = parser.parse_args()

from transformers import LlamaTokenizer, LlamaTokenizerFast, PreTrainedTokenizerFast  # noqa: E402

pick = random.Random(arguments.seed)

RANGES = [
    (0x20, 0x7E), (0xA0, 0x17F), (0x370, 0x3FF), (0x400, 0x4FF), (0x530, 0x58F), (0x590, 0x5FF), (0x600, 0x6FF),
    (0x700, 0x74F), (0x900, 0x97F), (0x980, 0x9FF), (0xB80, 0xBFF), (0xE00, 0xE7F), (0xF00, 0xFFF), (0x1000, 0x109F),
    (0x10A0, 0x10FF), (0x1100, 0x11FF), (0x1200, 0x137F), (0x13A0, 0x13FF), (0x1780, 0x17FF), (0x1E00, 0x1EFF),
    (0x2000, 0x206F), (0x2070, 0x20CF), (0x2100, 0x218F), (0x2190, 0x22FF), (0x2500, 0x27BF), (0x2E80, 0x2FDF),
    (0x3000, 0x30FF), (0x3130, 0x318F), (0x3400, 0x34FF), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3), (0xE000, 0xE0FF),
    (0xF900, 0xFAFF), (0xFB00, 0xFDFF), (0xFE00, 0xFE6F), (0xFF00, 0xFFEF), (0x10300, 0x1034F), (0x1D400, 0x1D7FF),
    (0x1F300, 0x1F6FF), (0x1F900, 0x1F9FF), (0x20000, 0x200FF), (0xE0001, 0xE007F), (0xF0000, 0xF00FF),
]
SNIPPETS = [
    "<s>", "</s>", "<unk>", "<pad>", "<0x41>", "<0xE2>", "<|begin_of_text|>", "<|eot_id|>", "<|start_header_id|>", "[INST]",
    "[/INST]", "<<SYS>>", "\u2581", "\u2581\u2581", "\u0120", "\u010a", "\u00c2", " ", "  ", "   ", "\t", "\n", "\r\n", "\r", "\n\n",
    " \n ", "\u00a0", "\u3000", "\u200b", "\ufeff", "\u0085", "\u2028", "\x00", "\x01", "\x1f", "\x7f", "\ufffd", "\u00ad", "\u0301",
    "e\u0301", "\u200d", "\U0001f469\u200d\U0001f469\u200d\U0001f467", "\U0001f1e9\U0001f1ea", "\U0001f44d\U0001f3fd", "\u2764\ufe0f", "'s", "'S", "'\u017f", "'ll", "'LL", "'Re", "n't",
    " 'm", " ,", " .", " ?", " !", " ' ", "123", "1234567", "3.14", "1e-5", "\u0661\u0662\u0663", "\u00bd", "\u2167", "x = y + 1;", "def f(a):\n    return a\n",
    "</div>", "https://a.b/c?d=e", "a@b.c", "\\n", "\"", "''", "--", "...", "\u2026", "\u2014", "\u05e9\u05dc\u05d5\u05dd", "\u0645\u0631\u062d\u0628\u0627", "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35",
    "\u4f60\u597d\uff0c\u4e16\u754c", "\u3053\u3093\u306b\u3061\u306f", "\uc548\ub155", "\u0928\u092e\u0938\u094d\u0924\u0947", "\u202e\u05d0\u202c", "\ufb01", "\u210c", "\u212b", "\uff21\uff11", "Stra\u00dfe", "\u0130", "\u01c6",
]
WORDS = (
    "the of and to in a is that it for was on are as with his they at be this from have or by one had not but what all were "
    "when we there can an your which their said if do will each about how up out them then she many some so these would "
    "other into has more her two like him see time could no make than first been its who now people my made over did down "
    "only way find use may water long little very after words called just where most know Transformers attention "
    "tokenization Llama antidisestablishmentarianism internationalization"
).split()


def characters(count):
    low, high = pick.choice(RANGES)
    return "".join(chr(pick.randint(low, high)) for _ in range(count))


def broken():
    """Bytes truncated and flipped, decoded with replacement."""
    data = bytearray(pick.choice(SNIPPETS + WORDS).encode() + characters(3).encode())
    for _ in range(pick.randint(1, 3)):
        data[pick.randrange(len(data))] = pick.randrange(256)
    return bytes(data[: pick.randint(1, len(data))]).decode("utf-8", "replace")


def anything():
    while True:
        code = pick.randrange(0x110000)
        if not 0xD800 <= code <= 0xDFFF:
            return chr(code)


def hard_string():
    parts = []
    for _ in range(pick.choice([1, 1, 2, 2, 3, 4, 6])):
        kind = pick.random()
        if kind < 0.3:
            parts.append(pick.choice(SNIPPETS))
        elif kind < 0.5:
            parts.append(pick.choice(["", " "]) + pick.choice(WORDS) + pick.choice(["", " ", ".", ", "]))
        elif kind < 0.75:
            parts.append(characters(pick.randint(1, 6)))
        elif kind < 0.85:
            parts.append(" ".join(pick.choice(WORDS) for _ in range(pick.randint(2, 6))))
        elif kind < 0.9:
            parts.append(broken())
        elif kind < 0.95:
            parts.append(anything())
        elif kind < 0.97:
            parts.append(pick.choice([" ", "a", "\n", "\u2581", "0", "\u00e9", "!"]) * pick.randint(2, 40))
        else:
            parts.append("".join(pick.choice("abcdefghijklmnopqrstuvwxyzABCDEF0123456789_") for _ in range(pick.randint(20, 60))))
    return "".join(parts)


def python_files(directory):
    """The unigram model's slow tokenizer reads only this file."""
    return f"{directory}/tokenizer.model"


where = arguments.vocabularies
KINDS = {
    "llama2-fast": (LlamaTokenizerFast.from_pretrained(f"{where}/llama2"), None),
    "llama2-fast-new": (LlamaTokenizerFast.from_pretrained(f"{where}/llama2", legacy=False, from_slow=True), "llama2-fast"),
    "llama2-slow": (LlamaTokenizer.from_pretrained(f"{where}/llama2", legacy=True), "llama2-fast"),
    "llama2-slow-new": (LlamaTokenizer.from_pretrained(f"{where}/llama2", legacy=False), "llama2-fast-new"),
    "llama3": (PreTrainedTokenizerFast.from_pretrained(f"{where}/llama3"), None),
    "unigram-slow": (LlamaTokenizer(python_files(f"{where}/unigram"), legacy=True), None),
    "unigram-slow-new": (LlamaTokenizer(python_files(f"{where}/unigram"), legacy=False), "unigram-slow"),
}

texts = list(dict.fromkeys(hard_string() for _ in range(arguments.count * 2)))[: arguments.count]
plain = {}
kinds = {}
for name, (tokenizer, like) in KINDS.items():
    rows, decoded, skipped = [], [], []
    for text in texts:
        ids = tokenizer.encode(text)
        rows.append(ids)
        decoded.append(tokenizer.decode(ids))
        skipped.append(tokenizer.decode(ids, skip_special_tokens=True))
    plain[name] = (rows, decoded, skipped)
    delta = [[b - a for a, b in zip([0] + ids, ids)] for ids in rows]
    other = plain[like] if like else None
    kinds[name] = {
        "like": like,
        "ids": [None if other and ids == other[0][k] else delta[k] for k, ids in enumerate(rows)],
        "decoded": [None if other and value == other[1][k] else value for k, value in enumerate(decoded)],
        "skipped": [None if value == texts[k] else value for k, value in enumerate(skipped)],
    }
    if not like:  # Mostly the text with the special tokens around it.
        start = tokenizer.bos_token
        kinds[name]["decoded"] = [None if value == start + skipped[k] else value for k, value in enumerate(decoded)]

data = json.dumps({"texts": texts, "kinds": kinds}, ensure_ascii=True, separators=(",", ":")).encode()
with open(arguments.out, "wb") as file:
    file.write(gzip.compress(data, 9, mtime=0))
print(len(texts), "texts,", len(data), "bytes of JSON")
