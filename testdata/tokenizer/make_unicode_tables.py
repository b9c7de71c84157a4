"""Queries the tokenizers library for the class of each character, as its tables use older Unicode versions than
JavaScript's, and writes src/tokenizer/unicode/unicode_tables.ts.

    python make_unicode_tables.py
"""
import os

from tokenizers import normalizers as N, pre_tokenizers as P

POINTS = [point for point in range(0x110000) if not 0xD800 <= point < 0xE000]
HERE = os.path.dirname(os.path.abspath(__file__))
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def bert(**flags):
    off = {"clean_text": False, "handle_chinese_chars": False, "strip_accents": False, "lowercase": False}
    return N.BertNormalizer(**{**off, **flags})


def removed(normalizer):
    return {point: 0 for point in POINTS if normalizer.normalize_str("a" + chr(point)) == "a"}


def punctuation():
    cut = P.BertPreTokenizer()
    return {point: 0 for point in POINTS if len(cut.pre_tokenize_str("a" + chr(point) + "b")) == 3}


def scripts():
    """Numbers of scripts; characters without one, which never form a piece of their own, are omitted."""
    cut = P.UnicodeScripts()
    found, first, last = {}, [], 0
    for point in POINTS:
        if not cut.pre_tokenize_str(chr(point)):
            continue
        order = sorted(range(len(first)), key=lambda script: script != last)
        same = (script for script in order if len(cut.pre_tokenize_str(chr(first[script]) + chr(point))) == 1)
        last = next(same, len(first))
        if last == len(first):
            first.append(point)
        found[point] = last
    return found


def base36(number):
    text = ""
    while number >= 36:
        number, digit = divmod(number, 36)
        text = DIGITS[digit] + text
    return DIGITS[number] + text


def written(name, comment, classes, with_class):
    """Distance from the previous range, length, and class of each range."""
    stretches = []
    for point, kind in classes.items():
        if stretches and stretches[-1][1] == point and stretches[-1][2] == kind:
            stretches[-1][1] = point + 1
        else:
            stretches.append([point, point + 1, kind])
    words, end = [], 0
    for start, stop, kind in stretches:
        words += [base36(start - end), base36(stop - start)] + ([base36(kind)] if with_class else [])
        end = stop
    lines = [""]
    for word in words:
        if len(lines[-1]) + len(word) > 100:
            lines.append("")
        lines[-1] += " " + word if lines[-1] else word
    body = "".join(f'  "{line}",\n' for line in lines)
    return f"/** {comment} */\nexport const {name}: string = [\n{body}].join(\" \");\n"


with open(os.path.join(HERE, "..", "..", "src", "tokenizer", "unicode", "unicode_tables.ts"), "w") as out:
    out.write("/**\n * Character classes of the tokenizers library: for each range of code points, its distance from the previous one and\n"
              " * its length, in base 36. Written by make_unicode_tables.py.\n *\n * @module\n */\n\n")
    out.write("\n".join([
        written("OTHERS", "Control characters, formats and private use: removed by BertNormalizer.", removed(bert(clean_text=True)), False),
        written("MARKS", "Nonspacing marks: removed by BertNormalizer with accents.", removed(bert(strip_accents=True)), False),
        written("PUNCTUATION", "Punctuation and ASCII symbols.", punctuation(), False),
        written("SCRIPTS", "Scripts, with the Japanese ones merged; each length is followed by the script's number.", scripts(), True),
    ]))
