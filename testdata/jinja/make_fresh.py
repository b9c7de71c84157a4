"""Writes random templates with transformers' renderings, one JSON line each, to stdout.

    python make_fresh.py COUNT SEED
"""

import json
import pathlib
import re
import sys
import warnings

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE / "conversations"))

import oracle
from cases_values import VARIABLES
from conversations import conversations
from random_chats import ChatMaker
from random_expressions import ExpressionMaker
from random_templates import Maker

# `@` is the expression.
SHAPES = ["{{ @ }}", "{{ @ }}", "{% set v = @ %}{{ v }}|{{ v is defined }}", "{% if @ %}y{% else %}n{% endif %}",
          "{% for x in @ %}{{ x }}{{ loop.last }},{% endfor %}", "{% autoescape true %}{{ @ }}{% endautoescape %}"]
# Names of objects, whose addresses vary, in any case and with any separators.
OBJECT = re.compile("[^a-z]*".join("object"), re.IGNORECASE)


def templates(seed):
    expressions, chats, statements = ExpressionMaker(seed), ChatMaker(seed), Maker(seed)
    talks = [variables for _, variables in conversations()]
    while True:
        yield expressions.of(*SHAPES).replace("@", expressions.expression()), VARIABLES
        yield chats.template(), chats.random.choice(talks)
        yield statements.template(), VARIABLES


def main():
    warnings.simplefilter("ignore")
    count, seed = int(sys.argv[1]), int(sys.argv[2])
    print(json.dumps({"now": oracle.NOW.isoformat()}))
    for (template, variables), _ in zip(templates(seed), range(count)):
        answer = oracle.render(template, variables)
        if answer is None or OBJECT.search((answer[0] or "").replace("False", "")):
            continue
        print(json.dumps({"template": template, "variables": variables, "text": answer[0], "refusal": answer[1]}))


main()
