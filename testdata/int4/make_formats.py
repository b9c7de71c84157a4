"""Writes small checkpoints in 4 bits, packed by the formats' own packages, with the weights they stand for.

    compressed_tensors.safetensors, gptq.safetensors, gptq_v2.safetensors, awq.safetensors
        the modules' tensors, and for each module NAME.expected, float32 [rows, columns]
    formats.json
        each file's quantization_config

Needs torch, transformers and, installed with --no-deps so that they leave those alone, compressed-tensors 0.12.2,
auto-gptq 0.7.1, autoawq 0.2.9, accelerate, loguru, psutil, and pydantic with its own requirements:
    python testdata/int4/make_formats.py
"""
import importlib.util
import json
import pathlib
import sys
import types

import torch
from safetensors.torch import save_file

HERE = pathlib.Path(__file__).parent


def bare(package: str):
    """Makes a package importable without running its __init__, which would ask for much more."""
    spec = importlib.util.find_spec(package)
    module = types.ModuleType(package)
    module.__spec__, module.__path__ = spec, list(spec.submodule_search_locations)
    sys.modules[package] = module


for name in ("auto_gptq", "auto_gptq.nn_modules", "auto_gptq.nn_modules.qlinear",
             "awq", "awq.utils", "awq.modules", "awq.modules.linear"):
    bare(name)

from auto_gptq.nn_modules.qlinear.qlinear_cuda import QuantLinear  # noqa: E402
from awq.modules.linear.gemm import WQLinear_GEMM  # noqa: E402
from awq.utils.packing_utils import dequantize_gemm  # noqa: E402
from compressed_tensors.compressors.quantized_compressors import pack_quantized  # noqa: E402
from compressed_tensors.quantization import QuantizationArgs  # noqa: E402
from compressed_tensors.quantization.lifecycle.forward import dequantize  # noqa: E402

COLUMNS = 128
torch.manual_seed(0)


def grid(rows, columns_per_group, low=1, order=None):
    """Random codes, zero points and scales, the group of each column, and the weights they stand for."""
    groups = COLUMNS // columns_per_group
    codes = torch.randint(0, 16, (rows, COLUMNS))
    zeros = torch.randint(low, 16, (rows, groups))
    scales = (torch.rand(rows, groups) * 0.05 + 0.001).half()
    group_of = torch.arange(COLUMNS) // columns_per_group
    if order:
        group_of = group_of[torch.randperm(COLUMNS)]
    weight = (codes - zeros[:, group_of]).float() * scales.float()[:, group_of]
    return codes, zeros, scales, group_of, weight


def gptq():
    tensors = {}
    for name, size, order in (("grouped", 32, False), ("whole", COLUMNS, False), ("ordered", 32, True)):
        codes, zeros, scales, group_of, weight = grid(32, size, order=order)
        linear = torch.nn.Linear(COLUMNS, 32, bias=False)
        linear.weight.data = weight
        packed = QuantLinear(4, size, COLUMNS, 32, bias=False)
        packed.pack(linear, scales.float(), zeros.float(), group_of.int())
        back = packed(torch.eye(COLUMNS)).T  # through the package's own dequantization
        assert torch.allclose(back.float(), weight, rtol=2e-3, atol=1e-6)
        for part in ("qweight", "qzeros", "scales", "g_idx"):
            tensors[f"{name}.{part}"] = getattr(packed, part).contiguous().clone()
        tensors[f"{name}.scales"] = packed.scales.half()  # as a model in float16 has them
        tensors[f"{name}.expected"] = weight
    del tensors["whole.g_idx"]
    # The second version stores zero points as they are.
    second = {name: tensor + 0x11111111 if name.endswith("qzeros") else tensor
              for name, tensor in tensors.items() if name.startswith("grouped")}
    return tensors, second


def awq():
    tensors = {}
    for name, size in (("grouped", 32), ("whole", COLUMNS)):
        codes, zeros, scales, group_of, weight = grid(32, size, low=0)
        linear = torch.nn.Linear(COLUMNS, 32, bias=False)
        linear.weight.data = weight
        packed = WQLinear_GEMM.from_linear(linear, 4, size, scales=scales.float().T.contiguous(),
                                           zeros=zeros.float().T.contiguous())
        back = dequantize_gemm(packed.qweight, packed.qzeros, packed.scales, 4, size).T
        assert torch.equal(back.float(), weight.half().float())
        for part in ("qweight", "qzeros", "scales"):
            tensors[f"{name}.{part}"] = getattr(packed, part).contiguous().clone()
        tensors[f"{name}.expected"] = weight
    return tensors


def compressed_tensors():
    tensors = {}
    rows = 20  # zero points end inside a word
    for name, size, symmetric, order, dtype in (
        ("symmetric", 32, True, False, torch.bfloat16), ("asymmetric", 64, False, False, torch.bfloat16),
        ("channel", COLUMNS, True, False, torch.float16), ("asymmetric_channel", COLUMNS, False, False, torch.float16),
        ("ordered", 32, False, True, torch.float16),
    ):
        codes, zeros, scales, group_of, _ = grid(rows, size, low=0, order=order)
        scales = scales.to(dtype)
        points = torch.zeros_like(zeros).to(torch.int8) if symmetric else (zeros - 8).to(torch.int8)
        signed = (codes - 8).to(torch.int8)
        index = group_of.int() if order else None
        weight = dequantize(signed, scales.float(), points, g_idx=index).float()
        assert torch.equal(weight, (signed - points[:, group_of]).float() * scales.float()[:, group_of])
        args = QuantizationArgs(num_bits=4, symmetric=symmetric, strategy="channel" if size == COLUMNS else "group",
                                group_size=None if size == COLUMNS else size)
        packed = pack_quantized.PackedQuantizationCompressor().compress_weight(
            weight, scales.float(), args, zero_point=points, g_idx=index)
        assert torch.equal(packed["weight_packed"], pack_quantized.pack_to_int32(signed, 4))
        tensors |= {f"{name}.{part}": tensor.contiguous() for part, tensor in packed.items()}
        tensors[f"{name}.weight_scale"] = scales
        if order:
            tensors[f"{name}.weight_g_idx"] = index
        tensors[f"{name}.expected"] = weight
    return tensors


def scheme(symmetric):
    weights = {"num_bits": 4, "type": "int", "symmetric": symmetric, "group_size": 32, "strategy": "group",
               "block_structure": None, "dynamic": False, "actorder": None, "observer": "minmax", "observer_kwargs": {}}
    return {"targets": ["Linear"], "weights": weights, "input_activations": None, "output_activations": None}


FIRST, SECOND = gptq()
FILES = {
    "gptq": (FIRST, {"quant_method": "gptq", "bits": 4, "group_size": 32, "damp_percent": 0.1, "desc_act": True,
                     "static_groups": False, "sym": False, "true_sequential": True, "model_name_or_path": None}),
    "gptq_v2": (SECOND, {"quant_method": "gptq", "bits": 4, "group_size": 32, "desc_act": True, "sym": False,
                         "checkpoint_format": "gptq_v2", "pack_dtype": "int32", "dynamic": {}, "lm_head": False}),
    "awq": (awq(), {"quant_method": "awq", "bits": 4, "group_size": 32, "version": "gemm", "zero_point": True,
                    "modules_to_not_convert": None, "backend": "autoawq"}),
    "compressed_tensors": (compressed_tensors(), {
        "quant_method": "compressed-tensors", "format": "pack-quantized", "quantization_status": "compressed",
        "config_groups": {"group_0": scheme(True), "group_1": scheme(False)}, "ignore": ["lm_head"],
        "kv_cache_scheme": None, "global_compression_ratio": None, "sparsity_config": {}, "transform_config": {}}),
}
for name, (tensors, _) in FILES.items():
    path = HERE / f"{name}.safetensors"
    save_file(tensors, path)
    print(f"{path.name}: {path.stat().st_size} bytes")
(HERE / "formats.json").write_text(json.dumps({name: config for name, (_, config) in FILES.items()}, indent=1) + "\n")
