"""Writes tiny 4-bit Llamas as on model hubs, and the float32 results of their weights.

    quantized/SET.safetensors   linear weights packed by the formats' own packages, the others in float16
    quantized.json              {"config", "inputIds",
                                 "sets": {SET: {"quantization_config", "logprobs"}},
                                 "variants": {NAME: {"set", "patch", "verdict"}}}

A variant is a set with other fields in its quantization_config ("@drop@" removes one). Its verdict is "same" (the
numbers of the set), "random" (the reference initializes weights at random) or "refused: …". compressed-tensors runs
without a GPU, so its verdicts are transformers' actual results. GPTQ and AWQ run on GPUs only: RULES of transformers
4.57.6 (utils/quantization_config.py, quantizers/quantizer_{gptq,awq}.py) decide.

../int4/formats.py lists the requirements:
    python testdata/checkpoint_variants/make_quantized.py
"""
import json
import pathlib
import sys
import tempfile
import warnings

import torch
import transformers
from safetensors.torch import load_file, save_file

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "int4"))
import formats  # noqa: E402

warnings.simplefilter("ignore")
transformers.logging.set_verbosity_error()
OUT = HERE / "quantized"
GROUP = 32
IDS = [1, 7, 14, 4, 9, 12, 3, 3, 11, 8]
SHAPE = {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "vocab_size": 16, "hidden_size": 64,
         "intermediate_size": 64, "num_hidden_layers": 1, "num_attention_heads": 2, "num_key_value_heads": 2,
         "max_position_embeddings": 64, "tie_word_embeddings": True, "dtype": "float16"}


def rounded(weight, size, order, symmetric):
    """A weight in 4 bits, as formats.py packs it."""
    columns = weight.shape[1]
    group_of = torch.arange(columns) // size
    if order:
        group_of = group_of[torch.randperm(columns)]
    members = torch.stack([weight[:, group_of == group] for group in range(columns // size)], 1)
    if symmetric:
        scales = (members.abs().amax(-1) / 7.5).half()
        zeros = torch.full(scales.shape, 8)
    else:
        low, high = members.amin(-1).clamp(max=0), members.amax(-1).clamp(min=0)
        scales = ((high - low) / 15).half()
        zeros = (-low / scales.float()).round().clamp(1, 15).long()
    codes = (weight / scales.float()[:, group_of] + zeros[:, group_of]).round().clamp(0, 15).long()
    values = (codes - zeros[:, group_of]).float() * scales.float()[:, group_of]
    return {"codes": codes, "zeros": zeros, "scales": scales, "group_of": group_of, "weight": values, "size": size}


def scheme(**weights):
    return {"targets": ["Linear"], "input_activations": None, "output_activations": None,
            "weights": {"num_bits": 4, "type": "int", "symmetric": True, "group_size": GROUP, "strategy": "group",
                        "dynamic": False, "actorder": None, "block_structure": None, "observer": "minmax",
                        "observer_kwargs": {}} | weights}


def compressed(ignore=("lm_head",), **weights):
    return {"quant_method": "compressed-tensors", "format": "pack-quantized", "quantization_status": "compressed",
            "config_groups": {"group_0": scheme(**weights)}, "ignore": list(ignore), "kv_cache_scheme": None,
            "global_compression_ratio": None, "sparsity_config": {}, "transform_config": {}}


def gptq(**fields):
    return {"quant_method": "gptq", "bits": 4, "group_size": GROUP, "desc_act": False, "sym": False,
            "damp_percent": 0.1, "static_groups": False, "true_sequential": True} | fields


def awq(**fields):
    return {"quant_method": "awq", "bits": 4, "group_size": GROUP, "version": "gemm", "zero_point": True} | fields


WHOLE = 64
LEFT = ["self_attn.q_proj", "mlp.down_proj"]
# Name: packing, group size, order, symmetric, modules kept in float16, quantization_config.
SETS = {
    "gptq": ("gptq", GROUP, False, False, [], gptq()),
    "gptq-desc-act": ("gptq", GROUP, True, False, [], gptq(desc_act=True)),
    "gptq-sym": ("gptq", GROUP, True, True, [], gptq(desc_act=True, sym=True)),
    "gptq-channel": ("gptq", WHOLE, False, False, [], gptq(group_size=-1)),
    "gptq-v2": ("gptq_v2", GROUP, True, False, [], gptq(checkpoint_format="gptq_v2", desc_act=True)),
    "gptq-part": ("gptq", GROUP, False, False, LEFT, gptq(modules_in_block_to_quantize=[
        ["self_attn.k_proj", "self_attn.v_proj"], ["self_attn.o_proj"], ["mlp.up_proj", "mlp.gate_proj"]])),
    "awq": ("awq", GROUP, False, False, [], awq()),
    "awq-channel": ("awq", WHOLE, False, False, [], awq(group_size=-1)),
    "awq-part": ("awq", GROUP, False, False, LEFT, awq(modules_to_not_convert=LEFT)),
    "ct": ("compressed_tensors", GROUP, False, True, [], compressed()),
    "ct-asymmetric": ("compressed_tensors", GROUP, False, False, [], compressed(symmetric=False)),
    "ct-channel": ("compressed_tensors", WHOLE, False, True, [], compressed(strategy="channel", group_size=None)),
    "ct-channel-asymmetric": ("compressed_tensors", WHOLE, False, False, [], compressed(
        strategy="channel", group_size=None, symmetric=False)),
    "ct-actorder-group": ("compressed_tensors", GROUP, True, True, [], compressed(actorder="group")),
    "ct-actorder-group-asymmetric": ("compressed_tensors", GROUP, True, False, [], compressed(
        actorder="group", symmetric=False)),
    "ct-actorder-weight": ("compressed_tensors", GROUP, False, True, [], compressed(actorder="weight")),
    "ct-ignore": ("compressed_tensors", GROUP, False, True, LEFT, compressed(
        ignore=["lm_head", "model.layers.0.self_attn.q_proj", "model.layers.0.mlp.down_proj"])),
    "ct-ignore-pattern": ("compressed_tensors", GROUP, False, True, LEFT, compressed(
        ignore=["lm_head", "re:.*q_proj", "re:.*down_proj$"])),
}

SAME = "same"
# GPTQ and AWQ: name, set, patch, verdict by the rules.
RULED = [
    ("gptq: the fields of 2023 alone", "gptq", {"static_groups": "@drop@", "true_sequential": "@drop@"}, SAME),
    ("gptq: checkpoint_format gptq", "gptq-desc-act", {"checkpoint_format": "gptq", "pack_dtype": "int32"}, SAME),
    ("gptq: format gptq", "gptq", {"format": "gptq"}, SAME),
    ("gptq: no desc_act", "gptq", {"desc_act": "@drop@"}, SAME),
    ("gptq: desc_act that says the wrong thing", "gptq-desc-act", {"desc_act": False}, SAME),
    ("gptq: desc_act of ordered groups", "gptq", {"desc_act": True, "static_groups": True}, SAME),
    ("gptq: sym that says the wrong thing", "gptq-sym", {"sym": False}, SAME),
    ("gptq: no group_size", "gptq", {"group_size": "@drop@"}, SAME),
    ("gptq: the fields of optimum", "gptq", {
        "dataset": "c4", "tokenizer": None, "use_cuda_fp16": False, "model_seqlen": 2048, "batch_size": 1,
        "block_name_to_quantize": "model.layers", "module_name_preceding_first_block": ["model.embed_tokens"],
        "pad_token_id": None, "max_input_length": None, "cache_block_outputs": True, "use_exllama": False,
        "exllama_config": {"version": 1}, "disable_exllama": True}, SAME),
    ("gptq: the fields of GPTQModel", "gptq-v2", {
        "lm_head": False, "dynamic": None, "hyb_act": False, "damp_auto_increment": 0.0025, "mse": 0.0,
        "meta": {"quantizer": ["gptqmodel:2.0.0"], "uri": "https://example.org", "static_groups": False}}, SAME),
    ("gptq: is_marlin_format false", "gptq", {"is_marlin_format": False, "model_file_base_name": "model"}, SAME),
    ("gptq: no quant_method", "gptq", {"quant_method": "@drop@"}, "refused: quant_method is missing"),
    ("gptq: bits 4.0", "gptq", {"bits": 4.0}, SAME),
    ("gptq: bits missing", "gptq", {"bits": "@drop@"}, "refused: GPTQConfig needs bits"),
    ("gptq: bits 5", "gptq", {"bits": 5}, "refused: only 2, 3, 4 and 8 bits"),
    ("gptq: group_size 0", "gptq", {"group_size": 0}, "refused: group_size must be above 0 or -1"),
    ("gptq: group_size -2", "gptq", {"group_size": -2}, "refused: group_size must be above 0 or -1"),
    ("gptq: damp_percent 2", "gptq", {"damp_percent": 2}, "refused: damp_percent must be between 0 and 1"),
    ("awq: version GEMM", "awq", {"version": "GEMM"}, SAME),
    ("awq: no version, no zero_point", "awq", {"version": "@drop@", "zero_point": "@drop@"}, SAME),
    ("awq: the fields of transformers", "awq", {
        "backend": "autoawq", "do_fuse": False, "exllama_config": None, "fuse_max_seq_len": None,
        "modules_to_fuse": None, "modules_to_not_convert": None}, SAME),
    ("awq: modules_to_not_convert []", "awq", {"modules_to_not_convert": []}, SAME),
    ("awq: modules_to_not_convert lm_head", "awq", {"modules_to_not_convert": ["lm_head"]}, SAME),
    ("awq: no quant_method", "awq", {"quant_method": "@drop@"}, "refused: quant_method is missing"),
    ("awq: bits 3", "awq", {"bits": 3}, "refused: AWQ has 4 bits alone"),
    ("awq: an unknown version", "awq", {"version": "gemx"}, "refused: not a version"),
    ("awq: an unknown method", "awq", {"quant_method": "awq2"}, "refused: not a method"),
]
# compressed-tensors: name, set, patch; the verdict is transformers' result.
RUN = [
    ("ct: frozen", "ct", {"quantization_status": "frozen"}),
    ("ct: version", "ct", {"version": "0.12.2", "global_compression_ratio": 1.4}),
    ("ct: sparsity dense", "ct", {"sparsity_config": {"format": "dense", "ignore": [], "targets": []}}),
    ("ct: no sparsity_config", "ct", {"sparsity_config": "@drop@", "transform_config": "@drop@"}),
    ("ct: no ignore", "ct", {"ignore": "@drop@"}),
    ("ct: ignore nothing", "ct", {"ignore": []}),
    ("ct: ignore null", "ct", {"ignore": None}),
    ("ct: no kv_cache_scheme", "ct", {"kv_cache_scheme": "@drop@"}),
    ("ct: format in the group", "ct", {"config_groups": {"group_0": scheme() | {"format": "pack-quantized"}}}),
    ("ct: targets by pattern", "ct", {"config_groups": {"group_0": scheme() | {"targets": ["re:.*_proj"]}}}),
    ("ct: targets by name", "ct-ignore", {"ignore": [], "config_groups": {"group_0": scheme() | {
        "targets": ["re:.*(k|v|o|gate|up)_proj$"]}}}),
    ("ct: two groups", "ct", {"config_groups": {
        "group_0": scheme() | {"targets": ["re:.*self_attn.*_proj"]}, "group_1": scheme() | {"targets": ["re:.*mlp.*_proj"]}}}),
    ("ct: only what counts", "ct", {"config_groups": {"group_0": {
        "targets": ["Linear"], "weights": {"num_bits": 4, "group_size": GROUP, "symmetric": True}}}}),
    ("ct: asymmetric without more", "ct-asymmetric", {"config_groups": {"group_0": {
        "targets": ["Linear"], "weights": {"num_bits": 4, "group_size": GROUP, "symmetric": False}}}}),
    ("ct: observer fields", "ct", {"config_groups": {"group_0": scheme(
        observer="mse", observer_kwargs={"maxshrink": 0.2}, scale_dtype=None, zp_dtype=None)}}),
    ("ct: zp_dtype", "ct-asymmetric", {"config_groups": {"group_0": scheme(symmetric=False, zp_dtype="torch.int8")}}),
    ("ct: actorder static", "ct-actorder-weight", {"config_groups": {"group_0": scheme(actorder="static")}}),
    ("ct: actorder false", "ct", {"config_groups": {"group_0": scheme(actorder=False)}}),
    ("ct: actorder true", "ct-actorder-group", {"config_groups": {"group_0": scheme(actorder=True)}}),
    ("ct: actorder GROUP", "ct-actorder-group", {"config_groups": {"group_0": scheme(actorder="GROUP")}}),
    ("ct: actorder none of a file that has it", "ct-actorder-group", {"config_groups": {"group_0": scheme()}}),
    ("ct: actorder unknown", "ct", {"config_groups": {"group_0": scheme(actorder="sideways")}}),
    ("ct: group_size null", "ct", {"config_groups": {"group_0": scheme(group_size=None)}}),
    ("ct: group_size -1", "ct-channel", {"config_groups": {"group_0": scheme(group_size=-1, strategy=None)}}),
    ("ct: no strategy", "ct", {"config_groups": {"group_0": scheme(strategy=None)}}),
    ("ct: channel with a group", "ct", {"config_groups": {"group_0": scheme(strategy="channel")}}),
    ("ct: ignores what is packed", "ct", {"ignore": ["lm_head", "re:.*q_proj"]}),
    ("ct: packs what is not", "ct-ignore", {"ignore": ["lm_head"]}),
    ("ct: no config_groups", "ct", {"config_groups": "@drop@"}),
    ("ct: empty config_groups", "ct", {"config_groups": {}}),
    ("ct: num_bits missing", "ct", {"config_groups": {"group_0": {"targets": ["Linear"], "weights": {
        "type": "int", "symmetric": True, "group_size": GROUP, "strategy": "group"}}}}),
    ("ct: strategy unknown", "ct", {"config_groups": {"group_0": scheme(strategy="row")}}),
    ("ct: no format", "ct", {"format": "@drop@"}),
]


def patched(base, patch):
    return {key: value for key, value in (base | patch).items() if value != "@drop@"}


def scores(model):
    with torch.no_grad():
        rows = torch.log_softmax(model(torch.tensor([IDS])).logits[0].double(), -1)
    return [None] + [round(float(rows[i, IDS[i + 1]]), 5) for i in range(len(IDS) - 1)]


def make_set(name, packing, size, order, symmetric, left, quantization):
    """Writes the file; returns the log-probabilities of its dequantized weights."""
    torch.manual_seed(len(name))
    model = transformers.LlamaForCausalLM(transformers.LlamaConfig(**SHAPE, initializer_range=0.3)).float().eval()
    tensors, weights = {}, {}
    for key, weight in model.state_dict().items():
        weight = weight.detach().half().float()
        if key == "lm_head.weight":
            continue
        module = key.removesuffix(".weight")
        if not key.endswith("_proj.weight") or any(module.endswith(part) for part in left):
            tensors[key], weights[key] = weight.half(), weight
            continue
        known = rounded(weight, size, order, symmetric)
        weights[key] = known["weight"]
        tensors |= {f"{module}.{part}": tensor.contiguous() for part, tensor in getattr(formats, packing)(**known).items()}
    save_file(tensors, OUT / f"{name}.safetensors", metadata={"format": "pt"})
    (OUT / f"{name}.safetensors").chmod(0o644)
    model.load_state_dict(weights | {"lm_head.weight": weights["model.embed_tokens.weight"]})
    return {"quantization_config": quantization, "logprobs": scores(model)}


def judged(file, quantization, expected):
    """transformers' result for a folder."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "config.json").write_text(json.dumps(SHAPE | {"quantization_config": quantization}))
        save_file(load_file(file), folder / "model.safetensors", metadata={"format": "pt"})
        try:
            model, info = transformers.AutoModelForCausalLM.from_pretrained(
                folder, output_loading_info=True, dtype=torch.float32)
            if info["missing_keys"]:
                return "random"
            got = scores(model)
        except Exception as error:
            first = str(error).replace(str(folder), "FOLDER").split("\n")[0]
            return f"refused: {type(error).__name__}: {first}"[:160]
        off = max(abs(a - b) for a, b in zip(got[1:], expected[1:]))
        return SAME if off < 1e-3 else f"other: off by {off:.4f}"


def main():
    OUT.mkdir(exist_ok=True)
    sets = {name: make_set(name, *given) for name, given in SETS.items()}
    variants = {f"{name} as it is": {"set": name, "patch": {}, "verdict": SAME} for name in SETS}
    variants |= {name: {"set": of, "patch": patch, "verdict": verdict} for name, of, patch, verdict in RULED}
    variants |= {name: {"set": of, "patch": patch, "verdict": None} for name, of, patch in RUN}
    for name, variant in variants.items():
        if not variant["set"].startswith("ct"):
            continue
        of = sets[variant["set"]]
        variant["verdict"] = judged(OUT / f"{variant['set']}.safetensors",
                                    patched(of["quantization_config"], variant["patch"]), of["logprobs"])
        print(name, "→", variant["verdict"])
    listed = [f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in variants.items()]
    kept = [f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in sets.items()]
    (HERE / "quantized.json").write_text(
        f'{{\n "config": {json.dumps(SHAPE)},\n "inputIds": {json.dumps(IDS)},\n "sets": {{\n' + ",\n".join(kept) +
        '\n },\n "variants": {\n' + ",\n".join(listed) + "\n }\n}\n")


main()
