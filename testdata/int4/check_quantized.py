"""Compares the output of `llama quantize IN OUT` with the result of torchao's own functions for IN.

    python testdata/int4/check_quantized.py IN OUT
IN and OUT are folders, with one weight file or with shards. Needs torch and torchao 0.14.1.
"""
import json
import pathlib
import sys

import torch
from safetensors.torch import load_file
from torchao.quantization.utils import get_groupwise_affine_qparams, groupwise_affine_quantize_tensor_from_qparams


def load(folder: str) -> dict:
    tensors = {}
    for path in sorted(pathlib.Path(folder).glob("*.safetensors")):
        tensors |= load_file(path)
    return tensors


before, after = load(sys.argv[1]), load(sys.argv[2])
config = json.loads((pathlib.Path(sys.argv[2]) / "config.json").read_text())["quantization_config"]
size = config["group_size"]
converted = 0
for name, weight in before.items():
    if name in after:
        assert torch.equal(weight, after.pop(name)), name
        continue
    scale, zero, packed = (after.pop(f"{name}_{part}") for part in ("scale", "zero", "packed"))
    weight = weight.bfloat16()
    expected_scale, expected_zero = get_groupwise_affine_qparams(weight, 4, size)
    codes = groupwise_affine_quantize_tensor_from_qparams(weight, expected_scale, expected_zero, 4, size)
    assert torch.equal(scale, expected_scale.reshape(scale.shape)), name
    assert torch.equal(zero, expected_zero.reshape(zero.shape)), name
    assert torch.equal(torch.stack((packed & 15, packed >> 4), -1).flatten(1), codes.to(torch.uint8)), name
    converted += 1
assert not after, after.keys()
print(f"{converted} weights are torchao's, {len(before) - converted} tensors are the same")
