"""Records the tokenizers library's results that depend on Unicode tables: BertNormalizer, UnicodeScripts,
FixedLength, BertPreTokenizer and Punctuation on difficult texts. Writes unicode_parts.json.gz: ids, offsets and
words.

    python make_unicode_parts.py
"""
import gzip
import json
import os
import random
import unicodedata

from tokenizers import Tokenizer, normalizers as N, pre_tokenizers as P

HERE = os.path.dirname(os.path.abspath(__file__))
MODEL = json.load(gzip.open(os.path.join(HERE, "components.json.gz")))["models"]["bytes"]
REST = {key: None for key in ("truncation", "padding", "normalizer", "pre_tokenizer", "post_processor", "decoder")}
pick = random.Random(7)
# Characters that Unicode versions classify differently, each between two letters of one script.
DISPUTED = [
    0x61C, 0x61D, 0x7FD, 0x890, 0x8CA, 0x8E2, 0x953, 0x9FD, 0x9FE, 0xA76, 0xAFA, 0xB55, 0xC3C, 0xC77, 0xD00, 0xEBA, 0x166D, 0x1B4E, 0x2E43, 0x2E5D,
    0x312F, 0x9FEF, 0xA7CB, 0xAB68, 0x10D6E, 0x110CD, 0x111C9, 0x11350, 0x13430, 0x16D40, 0x1B132, 0x1E290, 0x1F6DC, 0x2B820, 0x2CEB0, 0x30000,
]
WRITTEN = [
    "", " ", "   ", "\t \n\r\n", "Apples are \u308a\u3093\u3054 \u6797\u6a8e", "\u3069\u3053\u3067\u751f\u308c\u3002Yes", "\u65e5\u30fcab1 2", "  a  \u0431 ",
    "H\u00e9llo\tW\u00f6rld\n\r\x00\ufffd\x01\x7f\u200b\u00ad\u200d!", "\u65e5\u672cabc\u6f22", "\u0130I\u0131\u01c5\u03a3 \u0391\u03a3. \ufb01\u1e9e",
    "A\u0301b\u00a0c\u3000d\u2028e\u0085f", "\U000e0001x\ue000y\U0001f600z\U0010fffd", "e\u0301\u0323 \u1ec7 \uac01\u1100\u1161\u11a8", "\u0340\u0344\u212b\uf900\U0002f800",
    "don't (stop)... \u00a1no\u00bf \u00ab\u2014\u00bb $5+3=8^`~|", "\u0905\u0915\u094d\u0937 \u0e01\u0e33\u0e49", "a\u0301\u0431\u0301\u03b2\u0301", "abcdef\U0001f600gh\u0301ij", "\ufeffa\u180eb\u2060",
]


def text():
    blocks = [(0x20, 0x7F), (0xA0, 0x250), (0x300, 0x370), (0x370, 0x530), (0x590, 0x780), (0x900, 0xE00), (0x1E00, 0x2070), (0x2E00, 0x3100), (0x4E00, 0x4F00), (0x10000, 0x12000), (0x1F000, 0x1FA00)]
    return "".join(chr(pick.randrange(*pick.choice(blocks))) if pick.random() < 0.8 else " " for _ in range(pick.randrange(1, 25)))


TEXTS = WRITTEN + [f"a{chr(point)}b\u05d0{chr(point)} {chr(point)}" for point in DISPUTED]
TEXTS += [one for one in (text() for _ in range(300)) if all(unicodedata.category(character) != "Cn" for character in one)][:150]


def main():
    to_bytes = P.ByteLevel(add_prefix_space=False, use_regex=False)
    cases = []

    def add(name, norm, *steps):
        tokenizer = Tokenizer.from_str(json.dumps({"version": "1.0", **REST, "added_tokens": [], "model": MODEL}))
        if norm is not None:
            tokenizer.normalizer = norm
        tokenizer.pre_tokenizer = P.Sequence([*steps, to_bytes])
        state = json.loads(tokenizer.to_str())
        answers = [tokenizer.encode(one) for one in TEXTS]
        cases.append({
            "name": name, "sections": {key: state[key] for key in ("normalizer", "pre_tokenizer")}, "ids": [one.ids for one in answers],
            "offsets": [[place for pair in one.offsets for place in pair] for one in answers], "words": [one.word_ids for one in answers],
        })

    for accents in (None, True, False):
        for small in (True, False):
            add(f"BertNormalizer accents {accents} lowercase {small}", N.BertNormalizer(strip_accents=accents, lowercase=small))
    add("BertNormalizer as it is", N.BertNormalizer(False, False, False, False))
    add("BertNormalizer, cleaned alone", N.BertNormalizer(True, False, False, False))
    add("BertNormalizer, Chinese alone", N.BertNormalizer(False, True, False, False))
    add("UnicodeScripts", None, P.UnicodeScripts())
    add("BertNormalizer, UnicodeScripts", N.BertNormalizer(), P.UnicodeScripts())
    for length in (1, 2, 5):
        add(f"FixedLength {length}", None, P.FixedLength(length))
    add("FixedLength of words", None, P.WhitespaceSplit(), P.FixedLength(3))
    add("BertPreTokenizer", N.BertNormalizer(), P.BertPreTokenizer())
    add("Punctuation", None, P.Punctuation())
    data = json.dumps({"texts": TEXTS, "cases": cases}, separators=(",", ":")).encode()
    with open(os.path.join(HERE, "unicode_parts.json.gz"), "wb") as out:
        out.write(gzip.compress(data, 9, mtime=0))
    print(len(TEXTS), "texts,", len(cases), "cases")


if __name__ == "__main__":
    main()
