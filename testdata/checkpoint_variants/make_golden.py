"""Writes golden.json: transformers' result for each folder of recipes.json.

    {NAME: {"logprobs": [null, number, …]}              AutoModelForCausalLM in float32
         | {"logprobs": …, "tokens": [id, …]}           and greedily generated ids, for recipes with "generation"
         | {"refused": "Error: message"}                raises an exception
         | {"notFinite": true}
         | {"like": NAME, …}                            the log-probabilities of that recipe
         | {"random": [name, …]}}                       initializes missing weights at random

tests/trust/checkpoint_variants.ts builds the same folders. Needs torch and transformers 4.57.6:
    python testdata/checkpoint_variants/make_golden.py
"""
import copy
import json
import math
import pathlib
import re
import struct
import tempfile
import warnings

import torch
import transformers

HERE = pathlib.Path(__file__).parent
IDS = [1, 7, 30, 4, 19, 22, 3, 3, 11, 28, 16, 5]
CODES = {"F64": "d", "F32": "f"}
warnings.simplefilter("ignore")
transformers.logging.set_verbosity_error()


def shapes(config):
    hidden, inner, vocab = 16, 24, 32
    heads, kv, dim = 4, 2, 4
    named = [("model.embed_tokens.weight", [vocab, hidden])]
    for layer in range(2):
        front = f"model.layers.{layer}."
        named += [(front + "self_attn.q_proj.weight", [heads * dim, hidden]),
                  (front + "self_attn.k_proj.weight", [kv * dim, hidden]),
                  (front + "self_attn.v_proj.weight", [kv * dim, hidden]),
                  (front + "self_attn.o_proj.weight", [hidden, heads * dim]),
                  (front + "mlp.gate_proj.weight", [inner, hidden]),
                  (front + "mlp.up_proj.weight", [inner, hidden]),
                  (front + "mlp.down_proj.weight", [hidden, inner]),
                  (front + "input_layernorm.weight", [hidden]),
                  (front + "post_attention_layernorm.weight", [hidden])]
    return named + [("model.norm.weight", [hidden]), ("lm_head.weight", [vocab, hidden])]


def numbers(name, shape):
    """A fixed sequence for each name, exact in every type."""
    state = sum(ord(letter) * (i + 1) for i, letter in enumerate(name)) % 2 ** 32
    count = 1
    for size in shape:
        count *= size
    values = []
    for _ in range(count):
        state = (state * 1664525 + 1013904223) % 2 ** 32
        values.append(((state >> 16) % 257 - 128) / 256)
    return [1 + value / 4 for value in values] if "norm" in name else values


def encoded(values, dtype):
    if dtype in CODES:
        return struct.pack(f"<{len(values)}{CODES[dtype]}", *values)
    words = struct.unpack(f"<{len(values)}I", struct.pack(f"<{len(values)}f", *values))
    if dtype == "BF16":
        return struct.pack(f"<{len(values)}H", *(word >> 16 for word in words))
    return struct.pack(f"<{len(values)}e", *values)


def file_of(tensors):
    header, data = {}, b""
    for name, (dtype, shape, values) in tensors.items():
        piece = encoded(values, dtype)
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(piece)]}
        data += piece
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def json_text(value):
    """"@NaN@" encodes values that JSON lacks."""
    return re.sub(r'"@(.*?)@"', r"\1", json.dumps(value))


def patched(base, patch):
    """"@drop@" removes a field."""
    joined = base | patch
    return {key: value for key, value in joined.items() if value != "@drop@"}


def build(folder, recipe, base):
    tensors = {}
    for name, shape in shapes(base):
        if name in recipe.get("drop", []):
            continue
        dtype = next((dtype for word, dtype in recipe.get("dtypes", {}).items() if word in name), "F32")
        stored = recipe.get("prefix", "") + name
        for old, new in recipe.get("rename", {}).items():
            stored = stored.replace(old, new)
        tensors[stored] = (dtype, shape, numbers(name, shape))
    for name, shape in recipe.get("extra", {}).items():
        tensors[name] = ("F32", shape, numbers(name, shape))
    (folder / "config.json").write_text(json_text(patched(base, recipe.get("config", {}))))
    if "generation" in recipe:
        (folder / "generation_config.json").write_text(json_text(recipe["generation"]))
    if "shards" not in recipe:
        (folder / "model.safetensors").write_bytes(file_of(tensors))
        return
    names = list(tensors)
    half = len(names) // 2
    parts = {"a.safetensors": names[:half], "b.safetensors": names[half:]}
    contents = {file: {name: tensors[name] for name in part} for file, part in parts.items()}
    weight_map = {name: recipe["shards"] + file for file, part in parts.items() for name in part}
    for name, kind in recipe.get("copies", {}).items():
        dtype, shape, values = contents["a.safetensors"].get(name, ("F32", [4], numbers(name, [4])))
        contents["a.safetensors"][name] = (dtype, shape, values)
        contents["b.safetensors"][name] = (dtype, shape, values if kind == "same" else values[::-1])
    for file, part in contents.items():
        if file not in recipe.get("lose", []):
            (folder / file).write_bytes(file_of(part))
    index = {"metadata": {"total_size": 1}, "weight_map": patched(weight_map, recipe.get("weightMap", {}))}
    (folder / "model.safetensors.index.json").write_text(json_text(patched(index, recipe.get("index", {}))))


def judged(folder, recipe):
    try:
        model, info = transformers.AutoModelForCausalLM.from_pretrained(folder, output_loading_info=True, dtype=torch.float32)
    except Exception as error:
        return {"refused": f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"[:160]}
    if info["missing_keys"] or info["mismatched_keys"]:
        return {"random": sorted(info["missing_keys"])[:2] + sorted(map(str, info["mismatched_keys"]))[:2]}
    ids = torch.tensor([IDS])
    try:
        with torch.no_grad():
            rows = torch.log_softmax(model(ids).logits[0].double(), -1)
        result = {"logprobs": [None] + [round(float(rows[i, IDS[i + 1]]), 5) for i in range(len(IDS) - 1)]}
        if not all(map(math.isfinite, result["logprobs"][1:])):
            return {"notFinite": True}
        if "generation" in recipe:
            made = model.generate(ids, max_new_tokens=5, pad_token_id=0, attention_mask=torch.ones_like(ids))
            result["tokens"] = made[0, len(IDS):].tolist()
        return result
    except Exception as error:
        return {"refused": f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"[:160]}


def main():
    recipes = json.loads((HERE / "recipes.json").read_text())
    golden = {}
    for name, recipe in recipes["variants"].items():
        with tempfile.TemporaryDirectory() as folder:
            build(pathlib.Path(folder), recipe, copy.deepcopy(recipes["base"]))
            golden[name] = judged(folder, recipe)
    for known in golden.values():
        if "refused" in known:
            known["refused"] = re.sub(r"/\S*/tmp\w+", "FOLDER", known["refused"])
    first = {}
    for name, known in golden.items():
        if "logprobs" not in known:
            continue
        key = json.dumps(known["logprobs"])
        if key in first:
            golden[name] = {"like": first[key]} | {k: v for k, v in known.items() if k != "logprobs"}
        else:
            first[key] = name
    lines = [f" {json.dumps(name)}: {json.dumps(known)}" for name, known in golden.items()]
    (HERE / "golden.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
    kinds = [next(iter(known)) for known in golden.values()]
    print({kind: kinds.count(kind) for kind in set(kinds)})


main()
