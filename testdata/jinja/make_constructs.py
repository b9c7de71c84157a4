"""Records the results of Jinja2, configured as in transformers, for small constructs: constructs.json.

    python make_constructs.py

A case is [template, text], or [template, null, refusal]; the refusal's words are for reading only. Every second case
of the filters and tests over values of every kind is omitted, to keep the file small.
"""

import json
import pathlib

import cases_filters
import cases_language
import cases_methods
import oracle
from cases_values import VARIABLES

# Refused by this program but not by Jinja2: src/jinja/constructs_test.ts names them.
REFUSED_HERE = (".encode().upper()", "utf-16", "ud83d", "ud800", "** 0.5 }}", "[1:2,0:1]", "N{BULLET}")
THINNED = ("filters", "tests")
OUT = pathlib.Path(__file__).with_name("constructs.json")


def main():
    kinds, seen, left_out = {}, set(), 0
    for module in (cases_filters, cases_methods, cases_language):
        for kind, template in module.cases():
            if template in seen or any(part in template for part in REFUSED_HERE):
                continue
            seen.add(template)
            if kind in THINNED and len(seen) % 2:
                continue
            answer = oracle.render(template, VARIABLES)
            if answer is None or len(answer[0] or "") > 1000:
                left_out += 1
                continue
            text, refusal = answer
            kinds.setdefault(kind, []).append([template, text] if refusal is None else [template, None, refusal])
    blocks = []
    for kind, rows in kinds.items():
        body = ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows)
        blocks.append(f"{json.dumps(kind)}:[\n{body}\n]")
    head = f'{{"now":"{oracle.NOW.isoformat()}",\n"variables":{json.dumps(VARIABLES)},\n"kinds":{{'
    OUT.write_text(head + ",\n".join(blocks) + "}}\n")
    counts = {kind: len(rows) for kind, rows in kinds.items()}
    print(sum(counts.values()), counts, "left out", left_out, OUT.stat().st_size)


main()
