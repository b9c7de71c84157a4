"""Writes torchao.safetensors: weights with the codes, scales and zeros of torchao's own functions.

Needs torch 2.8 and torchao 0.14.1 (its last line with version 1 of Int4WeightOnlyConfig):
    python testdata/int4/make_torchao.py [--check]
With --check it writes nothing and compares the fresh values with the file's.
"""
import pathlib
import sys
import warnings

import torch
from safetensors.torch import load_file, save_file
from torchao.dtypes import PlainLayout, to_affine_quantized_intx
from torchao.quantization.quant_primitives import MappingType, ZeroPointDomain
from torchao.quantization.utils import (
    get_groupwise_affine_qparams,
    groupwise_affine_dequantize_tensor_from_qparams,
    groupwise_affine_quantize_tensor_from_qparams,
)

warnings.filterwarnings("ignore")
FILE = pathlib.Path(__file__).parent / "torchao.safetensors"
ROWS, COLUMNS = 3, 256


def cases(random: torch.Generator):
    """Name and weight, in bfloat16 unless the name says otherwise."""
    def normal():
        return torch.randn(ROWS, COLUMNS, generator=random)

    def spread(low, high):
        """Magnitudes over many binary orders, both signs."""
        exponent = torch.rand(ROWS, COLUMNS, generator=random) * (high - low) + low
        return torch.sign(normal()) * 2.0**exponent

    yield "random", normal() * 0.02
    yield "constant", torch.tensor([[0.37], [-1000.0], [3e-5]]).expand(ROWS, COLUMNS)
    yield "zero", torch.tensor([[0.0], [-0.0], [0.0]]).expand(ROWS, COLUMNS)
    yield "tiny", spread(-140, -18)
    yield "huge", spread(90, 126.9)
    yield "wide", spread(-60, 60)
    # Far from zero with little spread: makes the rounding of zero − 8 · scale visible.
    yield "offset", normal() * 0.01 + torch.tensor([[1.0], [-3.0], [100.0]])
    # Whole sixteenths: quotients exactly halfway between two codes.
    yield "ties", torch.randint(0, 31, (ROWS, COLUMNS), generator=random) / 32
    yield "float32", normal()
    yield "float16", normal() * 4


def quantize(weight: torch.Tensor, group_size: int):
    scales, zeros = get_groupwise_affine_qparams(weight, n_bit=4, groupsize=group_size)
    codes = groupwise_affine_quantize_tensor_from_qparams(weight, scales, zeros, 4, group_size)
    # Same calls as Int4WeightOnlyConfig(version=1), with the layout that keeps plain codes.
    tensor = to_affine_quantized_intx(
        weight, MappingType.ASYMMETRIC, (1, group_size), torch.int32, 0, 15, 1e-6,
        zero_point_dtype=torch.bfloat16, preserve_zero=False, zero_point_domain=ZeroPointDomain.FLOAT,
        _layout=PlainLayout(),
    )
    plain = tensor.tensor_impl.get_plain()
    for ours, theirs in zip((codes, scales, zeros), plain):
        assert torch.equal(ours.flatten(), theirs.flatten().to(ours.dtype))
    # torchao dequantizes as w = (q − 8) · scale + zero (rounding to bfloat16 each time).
    back = groupwise_affine_dequantize_tensor_from_qparams(codes, scales, zeros, 4, group_size)
    grouped = (codes.bfloat16().reshape(-1, group_size) - 8) * scales.reshape(-1, 1) + zeros.reshape(-1, 1)
    assert torch.equal(grouped.reshape(weight.shape), back.bfloat16())
    return codes.to(torch.uint8), scales, zeros


def main():
    torch.manual_seed(0)
    random = torch.Generator().manual_seed(7)
    tensors = {}
    for name, weight in cases(random):
        dtype = {"float32": torch.float32, "float16": torch.float16}.get(name, torch.bfloat16)
        weight = weight.to(dtype).contiguous().clone()
        tensors[f"{name}.weight"] = weight
        for group_size in (32, 64, 128, 256):
            codes, scales, zeros = quantize(weight.to(torch.bfloat16), group_size)
            tensors[f"{name}.{group_size}.codes"] = codes
            tensors[f"{name}.{group_size}.scales"] = scales.reshape(ROWS, -1).contiguous()
            tensors[f"{name}.{group_size}.zeros"] = zeros.reshape(ROWS, -1).contiguous()
    if "--check" in sys.argv:
        stored = load_file(FILE)
        assert stored.keys() == tensors.keys()
        assert all(torch.equal(stored[name], tensors[name]) for name in tensors)
        return print(f"{FILE.name}: {len(tensors)} tensors are the same")
    save_file(tensors, FILE)
    print(f"{FILE.name}: {FILE.stat().st_size} bytes")


main()
