"""Packs known codes with the formats' own packages, and checks that these unpack them correctly.

Needs torch, transformers and, installed with --no-deps to keep those versions, compressed-tensors 0.12.2, auto-gptq
0.7.1, autoawq 0.2.9, accelerate, loguru, psutil, and pydantic with its own requirements.
"""
import importlib.util
import sys
import types

import torch


def bare(package: str):
    """Makes a package importable without running its __init__, which has many more dependencies."""
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


def grid(rows, columns, size, low=1, order=False):
    """Random codes, zero points and scales, the group of each column, and the dequantized weights: a dict."""
    groups = columns // size
    codes = torch.randint(0, 16, (rows, columns))
    zeros = torch.randint(low, 16, (rows, groups))
    scales = (torch.rand(rows, groups) * 0.05 + 0.001).half()
    group_of = torch.arange(columns) // size
    if order:
        group_of = group_of[torch.randperm(columns)]
    weight = (codes - zeros[:, group_of]).float() * scales.float()[:, group_of]
    return {"codes": codes, "zeros": zeros, "scales": scales, "group_of": group_of, "weight": weight, "size": size}


def linear(weight):
    module = torch.nn.Linear(weight.shape[1], weight.shape[0], bias=False)
    module.weight.data = weight
    return module


def gptq(codes, zeros, scales, group_of, weight, size):
    rows, columns = weight.shape
    packed = QuantLinear(4, size, columns, rows, bias=False)
    packed.pack(linear(weight), scales.float(), zeros.float(), group_of.int())
    back = packed(torch.eye(columns)).T  # through the package's own dequantization
    assert torch.allclose(back.float(), weight, rtol=2e-3, atol=1e-6)
    tensors = {part: getattr(packed, part).contiguous().clone() for part in ("qweight", "qzeros", "g_idx")}
    return tensors | {"scales": packed.scales.half()}  # as in a float16 model


def gptq_v2(**known):
    """The second version stores zero points unchanged."""
    tensors = gptq(**known)
    return tensors | {"qzeros": tensors["qzeros"] + 0x11111111}


def awq(codes, zeros, scales, group_of, weight, size):
    packed = WQLinear_GEMM.from_linear(linear(weight), 4, size, scales=scales.float().T.contiguous(),
                                       zeros=zeros.float().T.contiguous())
    back = dequantize_gemm(packed.qweight, packed.qzeros, packed.scales, 4, size).T
    assert torch.equal(back.float(), weight.half().float())
    return {part: getattr(packed, part).contiguous().clone() for part in ("qweight", "qzeros", "scales")}


def compressed_tensors(codes, zeros, scales, group_of, weight, size):
    """Symmetric if all zero points are 8."""
    columns = weight.shape[1]
    signed, points = (codes - 8).to(torch.int8), (zeros - 8).to(torch.int8)
    symmetric = not points.any()
    ordered = not torch.equal(group_of, torch.arange(columns) // size)
    index = group_of.int() if ordered else None
    assert torch.equal(weight, dequantize(signed, scales.float(), points, g_idx=index).float())
    channel = size == columns
    args = QuantizationArgs(num_bits=4, symmetric=symmetric, strategy="channel" if channel else "group",
                            group_size=None if channel else size)
    packed = pack_quantized.PackedQuantizationCompressor().compress_weight(
        weight, scales.float(), args, zero_point=points, g_idx=index)
    assert torch.equal(packed["weight_packed"], pack_quantized.pack_to_int32(signed, 4))
    tensors = {part: tensor.contiguous() for part, tensor in packed.items()} | {"weight_scale": scales}
    return tensors | ({"weight_g_idx": index} if ordered else {})


def scheme(symmetric):
    weights = {"num_bits": 4, "type": "int", "symmetric": symmetric, "group_size": 32, "strategy": "group",
               "block_structure": None, "dynamic": False, "actorder": None, "observer": "minmax", "observer_kwargs": {}}
    return {"targets": ["Linear"], "weights": weights, "input_activations": None, "output_activations": None}


CONFIGS = {
    "gptq": {"quant_method": "gptq", "bits": 4, "group_size": 32, "damp_percent": 0.1, "desc_act": True,
             "static_groups": False, "sym": False, "true_sequential": True, "model_name_or_path": None},
    "gptq_v2": {"quant_method": "gptq", "bits": 4, "group_size": 32, "desc_act": True, "sym": False,
                "checkpoint_format": "gptq_v2", "pack_dtype": "int32", "dynamic": {}, "lm_head": False},
    "awq": {"quant_method": "awq", "bits": 4, "group_size": 32, "version": "gemm", "zero_point": True,
            "modules_to_not_convert": None, "backend": "autoawq"},
    "compressed_tensors": {
        "quant_method": "compressed-tensors", "format": "pack-quantized", "quantization_status": "compressed",
        "config_groups": {"group_0": scheme(True), "group_1": scheme(False)}, "ignore": ["lm_head"],
        "kv_cache_scheme": None, "global_compression_ratio": None, "sparsity_config": {}, "transform_config": {}},
}
