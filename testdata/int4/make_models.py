"""Writes tiny Llamas with 4-bit linear weights, and the logits of a float32 run on the dequantized weights.

    models/NAME/{config.json, model.safetensors}    for gptq (ordered by activation), awq, compressed_tensors, tinygemm
    models/expected.json                            {"inputIds", "logits": {NAME: [row, …]}}, of transformers 4.57.6

formats.py lists the requirements; also needs torchao 0.14.1:
    python testdata/int4/make_models.py
"""
import json
import pathlib

import torch
import transformers
from safetensors.torch import save_file
from torchao.quantization.utils import get_groupwise_affine_qparams, groupwise_affine_quantize_tensor_from_qparams

import formats

MODELS = pathlib.Path(__file__).parent / "models"
GROUP = 32
IDS = [[1, 7, 30, 4, 19]]


def known(weight, order):
    """Rounds a weight to 4 bits: integer zero points, scales in float16."""
    rows, columns = weight.shape
    group_of = torch.arange(columns) // GROUP
    if order:
        group_of = group_of[torch.randperm(columns)]
    members = torch.stack([weight[:, group_of == group] for group in range(columns // GROUP)], 1)
    low, high = members.amin(-1).clamp(max=0), members.amax(-1).clamp(min=0)
    scales = ((high - low) / 15).half()
    zeros = (-low / scales.float()).round().clamp(1, 15).long()
    codes = (weight / scales.float()[:, group_of] + zeros[:, group_of]).round().clamp(0, 15).long()
    rounded = (codes - zeros[:, group_of]).float() * scales.float()[:, group_of]
    return {"codes": codes, "zeros": zeros, "scales": scales, "group_of": group_of, "weight": rounded, "size": GROUP}


def tinygemm(weight):
    """The output of `llama quantize`: torchao's values."""
    scales, zeros = get_groupwise_affine_qparams(weight.bfloat16(), 4, GROUP)
    codes = groupwise_affine_quantize_tensor_from_qparams(weight.bfloat16(), scales, zeros, 4, GROUP).to(torch.uint8)
    scales, zeros = scales.reshape(weight.shape[0], -1), zeros.reshape(weight.shape[0], -1)
    values = (codes.float().unflatten(1, (-1, GROUP)) - 8) * scales.float()[..., None] + zeros.float()[..., None]
    packed = codes[:, ::2] | codes[:, 1::2] << 4
    return {"weight_packed": packed, "weight_scale": scales, "weight_zero": zeros}, values.flatten(1)


def main():
    torch.manual_seed(3)
    config = transformers.LlamaConfig(
        vocab_size=32, hidden_size=64, intermediate_size=64, num_hidden_layers=1, num_attention_heads=2,
        num_key_value_heads=1, max_position_embeddings=64, initializer_range=0.3, tie_word_embeddings=True)
    original = transformers.LlamaForCausalLM(config)
    state = {name: tensor.detach().half().float() for name, tensor in original.state_dict().items()
             if name != "lm_head.weight"}
    logits = {}
    for name in ("gptq", "awq", "compressed_tensors", "tinygemm"):
        tensors, weights = {}, {}
        for key, weight in state.items():
            if not key.endswith("_proj.weight"):
                tensors[key], weights[key] = weight.half(), weight
                continue
            module = key.removesuffix(".weight")
            if name == "tinygemm":
                parts, weights[key] = tinygemm(weight)
            else:
                rounded = known(weight, order=name == "gptq")
                weights[key] = rounded["weight"]
                parts = getattr(formats, name)(**rounded)
            tensors |= {f"{module}.{part}": tensor.contiguous() for part, tensor in parts.items()}
        folder = MODELS / name
        folder.mkdir(parents=True, exist_ok=True)
        save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
        (folder / "model.safetensors").chmod(0o644)
        own = {"quant_method": "tinygemm", "bits": 4, "group_size": GROUP, "format_version": 1}
        stored = {key: value for key, value in config.to_dict().items() if key in CONFIG_KEYS}
        stored["quantization_config"] = formats.CONFIGS.get(name, own)
        (folder / "config.json").write_text(json.dumps(stored) + "\n")
        original.load_state_dict(weights | {"lm_head.weight": weights["model.embed_tokens.weight"]})
        with torch.no_grad():
            logits[name] = original.eval()(torch.tensor(IDS)).logits[0].tolist()
        print(name, (folder / "model.safetensors").stat().st_size)
    text = json.dumps({"inputIds": IDS, "logits": {name: [[float(f"{x:.7g}") for x in row] for row in rows]
                                                   for name, rows in logits.items()}})
    (MODELS / "expected.json").write_text(text + "\n")


CONFIG_KEYS = """architectures model_type vocab_size hidden_size intermediate_size num_hidden_layers num_attention_heads
num_key_value_heads max_position_embeddings rms_norm_eps rope_theta tie_word_embeddings hidden_act""".split()
main()
