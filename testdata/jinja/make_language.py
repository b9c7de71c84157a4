"""Records transformers' renderings of templates that test the language itself: language.json.

    python make_language.py

A case is [template, text, generations], or [template, null, refusal]; the refusal's words are for reading only. The
templates are those of language_templates.json, and some random ones.
"""

import json
import pathlib
import warnings

from transformers.utils.chat_template_utils import _compile_jinja_template
from random_templates import Maker

HERE = pathlib.Path(__file__).parent
VARIABLES = {
    "messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": None}],
    "foo": False, "q": 5, "x": 1, "y": [7, 8], "z": ["s", "t"],
}
RANDOM_TEXTS, RANDOM_REFUSALS = 300, 40


def record(template):
    try:
        compiled = _compile_jinja_template.__wrapped__(template)
        text, blocks, generations = compiled.render(**VARIABLES), [], []
        with compiled.environment.activate_tracker(blocks, generations):
            # The tracker reads the current length before each block.
            for block in compiled.generate(**VARIABLES):
                blocks.append(block)
        return [template, text, generations]
    except Exception as error:
        return [template, None, f"{type(error).__name__}: {str(error)[:120]}"]


def main():
    warnings.simplefilter("ignore")
    rows = [record(one) for one in json.loads((HERE / "language_templates.json").read_text())]
    maker, texts, refusals = Maker(1), 0, 0
    while texts < RANDOM_TEXTS or refusals < RANDOM_REFUSALS:
        template = maker.template()
        if len(template) > 250:
            continue
        row = record(template)
        if "0x" in (row[1] or "") or "Cycler" in (row[1] or ""):
            continue
        refused = row[1] is None
        if refused and refusals < RANDOM_REFUSALS:
            refusals += 1
            rows.append(row)
        if not refused and len(row[1]) > 8 and texts < RANDOM_TEXTS:
            texts += 1
            rows.append(row)
    body = ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows)
    (HERE / "language.json").write_text(f'{{"variables":{json.dumps(VARIABLES)},\n"cases":[\n{body}\n]}}\n')
    print(len(rows), sum(row[1] is None for row in rows))


main()
