"""Renders a template as transformers does, with a fixed time; returns refusals as one line."""

import datetime
import json
import re
import signal

from transformers.utils import chat_template_utils

NOW = datetime.datetime(2026, 3, 5, 7, 8, 9, 45_000)


class _Standing(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return NOW


chat_template_utils.datetime = _Standing


class _TooLong(BaseException):
    pass


def _stop(*_):
    raise _TooLong()


signal.signal(signal.SIGALRM, _stop)

# Addresses and other values that vary between runs.
_CHANGING = re.compile(r"0x[0-9a-f]{6,}|<built-in method|<bound method|jinja2\.")


def render(template, variables):
    """Returns (text, None), (None, refusal), or None if there is no stable answer."""
    signal.alarm(5)
    try:
        compiled = chat_template_utils._compile_jinja_template.__wrapped__(template)
        text = compiled.render(**json.loads(json.dumps(variables)))
    except (_TooLong, RecursionError, MemoryError):
        return None
    except Exception as error:
        return None, f"{type(error).__name__}: {str(error)[:120]}".split("\n")[0]
    finally:
        signal.alarm(0)
    return None if _CHANGING.search(text) else (text, None)
