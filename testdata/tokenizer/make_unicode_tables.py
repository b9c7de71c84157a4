"""Asks the tokenizers library what it takes each character for, as its tables are of editions of Unicode that JavaScript
has left behind, and writes src/tokenizer/unicode/unicode_tables.ts.

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
    """Numbers of scripts; what has none, which never stands alone, is left out."""
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
    """How far each stretch is from the one before, how long it is, and of what class."""
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


with open(os.path.join(HERE, "..", "..", "src", "tokenizer", "unicode_tables.ts"), "w") as out:
    out.write("/**\n * What the tokenizers library takes characters for: for each stretch of code points its distance from the one before\n"
              " * and its length, in base 36. Written by make_unicode_tables.py.\n *\n * @module\n */\n\n")
    out.write("\n".join([
        written("OTHERS", "Control characters, formats and private use: what BertNormalizer removes.", removed(bert(clean_text=True)), False),
        written("MARKS", "Marks that take no room: what BertNormalizer removes with accents.", removed(bert(strip_accents=True)), False),
        written("PUNCTUATION", "Punctuation, and the symbols of ASCII.", punctuation(), False),
        written("SCRIPTS", "Scripts, Japanese ones as one, with their numbers after the lengths.", scripts(), True),
    ]))
