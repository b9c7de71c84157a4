"""Makes the golden files beside this script with transformers 4.57.6 and torch (CPU, float32, eager attention).

Each case is a tiny random Llama checkpoint with transformers' results for a few calls. The seed of its weights
depends only on the case's name, so a case can be added without changing the others. README.md has the schema.
Run:  python make_golden.py [NAME ...]   (no name: all of them, under a minute)
"""

import json
import os
import shutil
import sys

import torch
import transformers
from cases import CASES
from common import HERE, packed, seeded
from make_tables import make_activations, make_rope, make_sampler
from safetensors.torch import save_file
from transformers.models.llama import modeling_llama

DTYPES = {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}
torch.manual_seed(0)
torch.set_num_threads(1)


def random_weights(model, name, dtype):
    """Weights large enough that a wrong layer is visible: matrices of std 0.4, norms around 1, biases of std 0.3."""
    generator = seeded(name)
    weights = {}
    for key, old in model.state_dict().items():
        noise = torch.randn(old.shape, generator=generator)
        if "act_fn" in key:
            value = old.float() + (0.1 * noise if old.ndim else 0)
        elif "norm" in key:
            value = 1 + 0.3 * noise
        else:
            value = (0.3 if key.endswith("bias") else 0.4) * noise
        weights[key] = value.to(dtype).contiguous()
    return weights


def write_checkpoint(folder, name, case):
    config = {
        "architectures": [case["class"]],
        "model_type": "llama",
        "torch_dtype": case["dtype"],
        "bos_token_id": 1,
        "eos_token_id": 2,
        **case["config"],
    }
    with open(f"{folder}/config.json", "w") as file:
        json.dump(config, file, indent=2)
        file.write("\n")
    settings = transformers.LlamaConfig.from_pretrained(folder)
    model = getattr(transformers, case.get("stored", case["class"]))(settings)
    weights = random_weights(model, name, DTYPES[case["dtype"]])
    if settings.tie_word_embeddings and not case.get("keep_head"):
        weights.pop("lm_head.weight", None)
    for key in [key for key in weights if case.get("float32", "?") in key]:
        weights[key] = weights[key].float() + 2**-20
    for index in range(settings.num_hidden_layers if "extra" in case else 0):
        weights[f"model.layers.{index}.{case['extra']}"] = torch.rand(settings.head_dim // 2, generator=seeded("extra"))
    if not case.get("shards"):
        save_file(weights, f"{folder}/model.safetensors", metadata={"format": "pt"})
        return
    count = case["shards"]
    weight_map = {}
    for shard in range(count):
        part = dict(list(weights.items())[shard::count])
        file = f"model-{shard + 1:05d}-of-{count:05d}.safetensors"
        save_file(part, f"{folder}/{file}", metadata={"format": "pt"})
        weight_map.update(dict.fromkeys(part, file))
    total = sum(value.numel() * value.element_size() for value in weights.values())
    with open(f"{folder}/model.safetensors.index.json", "w") as file:
        json.dump({"metadata": {"total_size": total}, "weight_map": weight_map}, file, indent=2, sort_keys=True)
        file.write("\n")


def load(folder, case):
    model = getattr(transformers, case["class"]).from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager"
    )
    # xielu keeps its parameters in bfloat16, whatever dtype is requested.
    assert all(p.dtype == torch.float32 for key, p in model.named_parameters() if "act_fn" not in key)
    return model.eval()


class Steps:
    """Records every layer's intermediates under the names of src/reference/forward.ts."""

    def __init__(self, model):
        self.values = {}
        core = model.model if hasattr(model, "model") else model
        core.embed_tokens.register_forward_hook(self.output("embed_tokens"))
        for index, layer in enumerate(core.layers):
            at = f"layers.{index}."
            layer.input_layernorm.register_forward_hook(self.output(at + "input_layernorm"))
            layer.self_attn.v_proj.register_forward_hook(self.output(at + "v"))
            layer.self_attn.o_proj.register_forward_pre_hook(self.input(at + "attention"))
            layer.post_attention_layernorm.register_forward_pre_hook(self.input(at + "after_attention"))
            layer.post_attention_layernorm.register_forward_hook(self.output(at + "post_attention_layernorm"))
            layer.mlp.down_proj.register_forward_pre_hook(self.input(at + "mlp_activation"))
            layer.register_forward_hook(self.output(at + "output"))
        core.norm.register_forward_hook(self.output("norm"))

    def output(self, name):
        return lambda module, args, out: self.values.__setitem__(name, out[0] if isinstance(out, tuple) else out)

    def input(self, name):
        return lambda module, args: self.values.__setitem__(name, args[0])

    def rotated(self, plain):
        """apply_rotary_pos_emb that also stores its results, as [batch, tokens, heads * head_dim]."""
        count = [0]

        def apply(*args, **kwargs):
            q, k = plain(*args, **kwargs)
            for name, x in (("q", q), ("k", k)):
                self.values[f"layers.{count[0]}.{name}"] = x.transpose(1, 2).flatten(2)
            count[0] += 1
            return q, k

        return apply


def camel(name):
    head, *rest = name.split("_")
    return head + "".join(word.title() for word in rest)


def forward(model, call, past, with_steps):
    """One forward call: its inputs and outputs in the format of the expected file, and the cache after it."""
    name, inputs = call["random"], dict(call["inputs"])
    arguments = {}
    written = {}
    for key, value in inputs.items():
        if key == "inputs_embeds":
            value = torch.randn(value, generator=seeded(name))
        elif key == "float_mask":
            batch, queries, keys = value
            noise = torch.randn((batch, 1, queries, keys), generator=seeded(name))
            blocked = torch.rand((batch, 1, queries, keys), generator=seeded(name + "?")) < 0.3
            blocked[..., 0] = False
            value = noise.masked_fill(blocked, torch.finfo(torch.float32).min)
            key = "attention_mask"
        elif isinstance(value, list):
            value = torch.tensor(value)
        written[camel(key)] = value
        arguments[key] = value
    for key, value in written.items():
        if isinstance(value, torch.Tensor):
            written[key] = packed(value) if value.ndim == 4 or key == "inputsEmbeds" else value.tolist()

    wanted = call.get("outputs", [])
    causal = isinstance(model, transformers.LlamaForCausalLM)
    arguments["use_cache"] = arguments.get("use_cache", True)
    if isinstance(model, transformers.LlamaForQuestionAnswering):
        arguments.pop("use_cache")
    if past is not None:
        arguments["past_key_values"] = past
    steps = None
    plain = modeling_llama.apply_rotary_pos_emb
    if with_steps:
        steps = Steps(model)
        modeling_llama.apply_rotary_pos_emb = steps.rotated(plain)
    with torch.no_grad():
        out = model(**arguments, output_hidden_states="hiddenStates" in wanted, output_attentions="attentions" in wanted)
    modeling_llama.apply_rotary_pos_emb = plain

    outputs = {}
    for key in ("loss", "logits", "start_logits", "end_logits", "last_hidden_state"):
        value = out.get(key)
        if value is not None:
            outputs[camel(key)] = value.item() if key == "loss" else packed(value)
    if "hiddenStates" in wanted:
        outputs["hiddenStates"] = [packed(x) for x in out.hidden_states]
    if "attentions" in wanted:
        outputs["attentions"] = [packed(x) for x in out.attentions]
    if "cache" in wanted:
        outputs["cache"] = [
            {"keys": packed(layer.keys), "values": packed(layer.values)} for layer in out.past_key_values.layers
        ]
    if steps:
        if causal:
            steps.values["logits"] = out.logits
        outputs["steps"] = {key: packed(value) for key, value in steps.values.items()}
    return {"method": "forward", "inputs": written, "outputs": outputs}, out.get("past_key_values")


def generate(model, call):
    options = dict(call["options"])
    inputs = {key: torch.tensor(value) for key, value in call["inputs"].items()}
    with torch.no_grad():
        out = model.generate(
            **inputs, **options, do_sample=False, return_dict_in_generate=True, output_scores=True
        )
    for step, scores in enumerate(out.scores):
        best = scores.topk(2).values
        assert (best[:, 0] - best[:, 1] > 2e-3).all(), f"step {step} is nearly a tie: choose another prompt"
    written = {**call["inputs"], **options}
    return {
        "method": "generate",
        "inputs": {camel(key): value for key, value in written.items()},
        "outputs": {"sequences": out.sequences.tolist()},
    }


def make_case(name, case):
    folder = f"{HERE}/{name}"
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    write_checkpoint(folder, name, case)
    results = []
    past = None
    model = None
    for number, call in enumerate(case["calls"]):
        # A fresh model for every call that does not continue: dynamic rope keeps state in the module.
        if model is None or not call.get("continues"):
            model = load(folder, case)
            past = None
        if "options" in call:
            results.append(generate(model, call))
            continue
        call = {**call, "random": f"{name}#{number}"}
        result, past = forward(model, call, past, case.get("steps", False))
        if call.get("continues"):
            result["continues"] = True
        results.append(result)
    expected = {"covers": case["covers"], "class": case["class"], "calls": results}
    with open(f"{folder}/expected.json", "w") as file:
        json.dump(expected, file, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    assert transformers.__version__ == "4.57.6", transformers.__version__
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    wanted = sys.argv[1:]
    for name, case in CASES.items():
        if not wanted or name in wanted:
            make_case(name, case)
    if not wanted:
        make_activations()
        make_rope()
        make_sampler()
