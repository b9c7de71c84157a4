"""Writes activations.json, rope.json and sampler.json; make_golden.py runs it. README.md has their schema."""

import json

import torch
import transformers
from cases import ROPE_TABLES, SAMPLER_CASES
from common import packed, seeded, write_json
from transformers.generation import logits_process
from transformers.models.llama import modeling_llama


def make_activations():
    """Every ACT2FN on a grid, in float64 (learned parameters at their initial values)."""
    x = torch.cat([torch.linspace(-12, 12, 97), torch.tensor([-0.001, 0.001, 1e-6, -40, 40])]).double()
    values = {}
    for name in sorted(transformers.activations.ACT2CLS):
        function = transformers.activations.ACT2FN[name]
        # xielu's parameters are always bfloat16; prelu's follow the input.
        values[name] = (function if name == "xielu" else function.double())(x).tolist()
    write_json("activations", {"x": x.tolist(), "y": values})


def make_rope():
    """Inverse frequencies (float32) and attention factor of many configs and lengths."""
    rows = []
    for config, lengths in ROPE_TABLES:
        for length in lengths:
            rotary = modeling_llama.LlamaRotaryEmbedding(transformers.LlamaConfig(**json.loads(json.dumps(config))))
            rotary(torch.zeros(1), torch.arange(length)[None])
            rows.append({
                "config": config,
                "length": length,
                "inverseFrequencies": packed(rotary.inv_freq),
                "attentionScaling": float(rotary.attention_scaling),
            })
    write_json("rope", rows)


def make_sampler():
    """Probabilities after transformers' processors, in float64."""
    rows = []
    for number, (vocabulary, options, previous) in enumerate(SAMPLER_CASES):
        logits = 3 * torch.randn((1, vocabulary), generator=seeded(f"sampler{number}")).double()
        processors = []
        if options.get("repetitionPenalty", 1) != 1:
            processors.append(logits_process.RepetitionPenaltyLogitsProcessor(options["repetitionPenalty"]))
        if options.get("temperature", 1) != 1:
            processors.append(logits_process.TemperatureLogitsWarper(options["temperature"]))
        if options.get("topK"):
            processors.append(logits_process.TopKLogitsWarper(options["topK"]))
        if options.get("topP", 1) < 1:
            processors.append(logits_process.TopPLogitsWarper(options["topP"]))
        if options.get("minP"):
            processors.append(logits_process.MinPLogitsWarper(options["minP"]))
        scores = logits.clone()
        for processor in processors:
            scores = processor(torch.tensor([previous]), scores)
        rows.append({
            "logits": logits[0].tolist(),
            "options": options,
            "previous": previous,
            "probabilities": scores.softmax(-1)[0].tolist(),
        })
    write_json("sampler", rows)
