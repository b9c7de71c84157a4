"""Writes small 4-bit files, packed by the formats' own packages, with the dequantized weights.

    gptq.safetensors, gptq_v2.safetensors, awq.safetensors, compressed_tensors.safetensors
        modules' tensors, and for each module NAME.expected, float32 [rows, columns]
    formats.json
        each file's quantization_config

formats.py lists the requirements:
    python testdata/int4/make_formats.py
"""
import json
import pathlib

import torch
from safetensors.torch import save_file

import formats

HERE = pathlib.Path(__file__).parent
COLUMNS = 64
torch.manual_seed(0)


def symmetric(known, dtype):
    """The same codes and scales around 8, with scales of another type."""
    scales = known["scales"].to(dtype)
    zeros = torch.full_like(known["zeros"], 8)
    weight = (known["codes"] - 8).float() * scales.float()[:, known["group_of"]]
    return known | {"zeros": zeros, "scales": scales, "weight": weight}


grid = formats.grid
ROWS = 20  # compressed-tensors' zero points end inside a word
MODULES = {
    "gptq": {"grouped": grid(32, COLUMNS, 32), "whole": grid(32, COLUMNS, COLUMNS),
             "ordered": grid(32, COLUMNS, 32, order=True)},
    "gptq_v2": {"grouped": grid(32, COLUMNS, 32)},
    "awq": {"grouped": grid(32, COLUMNS, 32, low=0), "whole": grid(32, COLUMNS, COLUMNS, low=0)},
    "compressed_tensors": {
        "symmetric": symmetric(grid(ROWS, COLUMNS, 32), torch.bfloat16), "asymmetric": grid(ROWS, COLUMNS, 32, low=0),
        "asymmetric_channel": grid(ROWS, COLUMNS, COLUMNS, low=0),
        "ordered": grid(ROWS, COLUMNS, 32, low=0, order=True)},
}
for name, modules in MODULES.items():
    tensors = {}
    for module, known in modules.items():
        packed = getattr(formats, name)(**known)
        if module == "whole":
            packed.pop("g_idx", None)  # the oldest files lack it
        tensors |= {f"{module}.{part}": tensor for part, tensor in packed.items()}
        tensors[f"{module}.expected"] = known["weight"]
    path = HERE / f"{name}.safetensors"
    save_file(tensors, path)
    path.chmod(0o644)
    print(f"{path.name}: {path.stat().st_size} bytes")
(HERE / "formats.json").write_text(json.dumps(formats.CONFIGS, indent=1) + "\n")
