"""Shared by the scripts of this folder."""

import base64
import json
import os
import zlib

import torch

HERE = os.path.dirname(os.path.abspath(__file__))


def packed(tensor):
    """A float tensor as shape and base64 of little-endian float32."""
    tensor = tensor.detach().to(torch.float32).contiguous()
    return {"shape": list(tensor.shape), "data": base64.b64encode(tensor.numpy().tobytes()).decode()}


def seeded(name):
    return torch.Generator().manual_seed(zlib.crc32(name.encode()))


def write_json(name, value):
    with open(f"{HERE}/{name}.json", "w") as file:
        json.dump(value, file, separators=(",", ":"))
        file.write("\n")
