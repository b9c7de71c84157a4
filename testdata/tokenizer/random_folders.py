"""Folders with random settings: several flags at once, and tokenizer.json with flags, sections or tokens removed."""
import copy

WITH_FLAGS = [
    {"__type": "AddedToken", "content": "<t>", "lstrip": True, "rstrip": False, "normalized": True, "single_word": False},
    {"__type": "AddedToken", "content": "<s>", "rstrip": True},
    {"__type": "AddedToken", "content": "one", "single_word": True},
    {"content": "<t>"},
]
TOKENS = ["<t>", "<s>", "</s>", "one", "<|begin|>", "<|end|>", "\u2581a", "a", None, *WITH_FLAGS]
NAMES = ("bos", "eos", "unk", "pad")


def more_bases(bases):
    """The same files with tokens that strip, with padding and truncation, and without added tokens."""
    out = {}
    for name, base in bases.items():
        strips, pads, none = (copy.deepcopy(base) for _ in range(3))
        for token in strips["added_tokens"]:
            token["lstrip"] = True
        pads["padding"] = {"strategy": "BatchLongest", "direction": "Left", "pad_to_multiple_of": None, "pad_id": 0, "pad_type_id": 0, "pad_token": "<t>"}
        pads["truncation"] = {"direction": "Left", "max_length": 6, "strategy": "LongestFirst", "stride": 0}
        none["added_tokens"] = []
        out.update({f"{name}, strips": strips, f"{name}, pads": pads, f"{name}, none added": none})
    return out


def table_token(pick):
    flags = {name: pick.random() < 0.3 for name in ("special", "lstrip", "rstrip", "normalized")}
    return {"content": pick.choice(["<t>", "<s>", "</s>", "<unk>", "one", "e"]), "single_word": False, **flags}


def random_flags(pick):
    flags = {}

    def maybe(chance, name, *values):
        if pick.random() < chance:
            flags[name] = pick.choice(values)

    maybe(0.35, "add_bos_token", True, False, False, None)
    maybe(0.35, "add_eos_token", True, False, False, None)
    maybe(0.3, "add_prefix_space", True, False, None)
    maybe(0.3, "legacy", True, False, None)
    for name in (*NAMES, "sep", "cls", "mask"):
        maybe(0.2, f"{name}_token", *TOKENS)
    for name in ("prefix", "middle", "suffix", "eot", "fill"):
        maybe(0.08, f"{name}_token", "<t>", "one", "<HOLE>", None, "<s>")
    maybe(0.2, "additional_special_tokens", ["<t>", "one"], [], ["<s>"], None, [WITH_FLAGS[0]])
    maybe(0.1, "extra_special_tokens", {"image_token": "<t>"}, {"x_token": WITH_FLAGS[0]}, {})
    maybe(0.06, "tokenizer_file", None)
    maybe(0.06, "vocab_file", None)
    maybe(0.1, "clean_up_tokenization_spaces", True)
    maybe(0.1, "split_special_tokens", True)
    maybe(0.1, "padding_side", "left", "right")
    if pick.random() < 0.25:
        places = [pick.choice([0, 1, 2, 5, 600, 695, 700, 800]) for _ in range(pick.randrange(4))]
        flags["added_tokens_decoder"] = {str(place): table_token(pick) for place in places}
    if pick.random() < 0.25:
        values = ["<t>", "</s>", "one", {"content": "<t>", "lstrip": True}, None]
        named = {f"{name}_token": pick.choice(values) for name in NAMES if pick.random() < 0.4}
        if pick.random() < 0.3:
            named["additional_special_tokens"] = pick.choice([["<t>"], ["one", {"content": "e", "lstrip": False}]])
        flags["@special_tokens_map.json"] = named
    maybe(0.15, "@added_tokens.json", {"<t>": 695}, {"<t>": 900, "one": 901}, {"<s>": 1}, {"<t>": 1}, {"one": 0})
    maybe(0.1, "@config.json", *[{"model_type": "llama", "tokenizer_class": f"{name}"} for name in ("LlamaTokenizer", "CodeLlamaTokenizer")])
    return flags
