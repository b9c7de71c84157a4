"""llguidance's masks for tools/masks.ts: a vocabulary on the first line of stdin, then a schema with walks a line."""
import base64
import json
import sys
import time
import zlib

import llguidance


class Vocabulary:
    """What llguidance asks of a tokenizer."""

    def __init__(self, tokens, eos):
        # A token that no text has: llguidance needs bytes for each.
        self.tokens = [base64.b64decode(one) if one else b"\xff<%d>" % i for i, one in enumerate(tokens)]
        self.eos_token_id = eos
        self.bos_token_id = None
        self.special_token_ids = [i for i, one in enumerate(tokens) if not one]
        self.longest_first = {}

    def __call__(self, text):
        return []


def answer(case):
    style = {"whitespace_flexible": False, "item_separator": ",", "key_separator": ":"}
    schema = json.dumps({**case["schema"], "x-guidance": style})
    # Without forced tokens: every token is allowed then, however the tokenizer would write the text.
    grammar = '%llguidance {"no_forcing": true}\nstart: %json ' + schema
    start = time.perf_counter()
    first = llguidance.LLMatcher(tokenizer, grammar)
    compile_ms = (time.perf_counter() - start) * 1000
    if first.is_error():
        return {"error": first.get_error()[:300]}
    masks, times = [], []
    for walk in case["walks"]:
        matcher = llguidance.LLMatcher(tokenizer, grammar)
        for i in range(len(walk) + 1):
            start = time.perf_counter()
            mask = matcher.compute_bitmask()
            times.append((time.perf_counter() - start) * 1000)
            masks.append(base64.b64encode(zlib.compress(mask[: words * 4], 1)).decode())
            # A token that ours allows may be refused: the mask has told so.
            if i == len(walk) or not mask[walk[i] >> 3] >> (walk[i] & 7) & 1:
                break
            matcher.consume_token(walk[i])
        masks.append(None)
    return {"compile_ms": compile_ms, "masks": masks, "times": times}


head = json.loads(sys.stdin.readline())
start = time.perf_counter()
tokenizer = llguidance.LLTokenizer(llguidance.TokenizerWrapper(Vocabulary(head["tokens"], head["eos"])))
print(json.dumps({"version": llguidance.__version__, "trie_ms": (time.perf_counter() - start) * 1000}), flush=True)
words = (len(head["tokens"]) + 31) // 32
for line in sys.stdin:
    try:
        result = answer(json.loads(line))
    except Exception as error:  # noqa: BLE001
        result = {"error": repr(error)[:300]}
    print(json.dumps(result), flush=True)
