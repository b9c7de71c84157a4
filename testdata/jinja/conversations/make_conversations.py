"""Records transformers' rendering of every conversation with every template of this folder: golden.json.

    python make_conversations.py
"""

import json
import pathlib
import sys

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

import oracle
from conversations import conversations


def main():
    all_of_them = list(conversations())
    answers = {}
    for path in sorted(HERE.glob("*.jinja")):
        template = path.read_text()
        answers[path.stem] = [oracle.render(template, variables) for _, variables in all_of_them]
    lines = [f"{json.dumps(name)}:{json.dumps(variables, separators=(',', ':'))}" for name, variables in all_of_them]
    rows = ["%s:[\n%s]" % (json.dumps(name), ",\n".join(json.dumps(one, separators=(",", ":")) for one in many))
            for name, many in answers.items()]
    head = f'{{"now":"{oracle.NOW.isoformat()}",\n"conversations":{{\n' + ",\n".join(lines)
    (HERE / "golden.json").write_text(head + '},\n"answers":{\n' + ",\n".join(rows) + "}}\n")
    for name, many in answers.items():
        print(name, sum(text is not None for text, _ in many), "of", len(many), {r for t, r in many if t is None})


main()
