"""Trains the default model on the CPU and saves it beside this folder.

python train.py --minutes 40    stops by the clock (the cosine follows the clock)
Writes loss.csv (step, tokens, minutes, learning rate, training loss, held-out perplexity) and train.json.
"""
import argparse
import csv
import json
import math
import os
import random
import tempfile
import time
from datetime import timedelta

import torch
from transformers import AutoTokenizer, GenerationConfig, LlamaConfig, LlamaForCausalLM

from common import ANSWER, CORPUS_SEEDS, HERE, HELDOUT_SEED, MODEL, document_tokens, epoch_documents, plain

WINDOW, BATCH, PEAK, WARMUP, WORKERS = 256, 2, 1.3e-3, 60, 2


def config():
    return LlamaConfig(
        vocab_size=3072, hidden_size=192, intermediate_size=640, num_hidden_layers=4, num_attention_heads=6,
        num_key_value_heads=2, max_position_embeddings=1024, rope_theta=10000.0, rms_norm_eps=1e-5,
        tie_word_embeddings=True, bos_token_id=1, eos_token_id=2, pad_token_id=0, initializer_range=0.02, use_cache=True,
    )


def windows(tokenizer):
    """Endless windows of WINDOW + 1 tokens from consecutive documents, each with its epoch number."""
    for epoch, seed in enumerate(CORPUS_SEEDS):
        stream = []
        for document in epoch_documents(seed):
            stream.extend(zip(*document_tokens(document, tokenizer)))
        starts = list(range(0, len(stream) - WINDOW - 1, WINDOW))
        random.Random(seed).shuffle(starts)
        for start in starts:
            yield epoch, stream[start:start + WINDOW + 1]


def heldout_text():
    """Writes heldout.txt once: documents of a seed that no epoch uses and that occur in no epoch."""
    path = os.path.join(HERE, "heldout.txt")
    if not os.path.exists(path):
        seen = {d.get("text") for seed in CORPUS_SEEDS[:4] for d in epoch_documents(seed)}
        fresh = [plain(d["text"]) for d in epoch_documents(HELDOUT_SEED) if "text" in d and "\n" not in d["text"] and d["text"] not in seen]
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(fresh[:80]) + "\n")
    return open(path, encoding="utf-8").read().strip().split("\n")


def perplexity(model, tokenizer, texts):
    """exp of the mean negative log-likelihood per token (including the closing </s>), each line separately."""
    total, count = 0.0, 0
    model.eval()
    with torch.no_grad():
        for text in texts:
            ids = torch.tensor([tokenizer(text).input_ids + [tokenizer.eos_token_id]])
            loss = model(ids, labels=ids).loss.item()
            total += loss * (ids.shape[1] - 1)
            count += ids.shape[1] - 1
    model.train()
    return math.exp(total / count)


def save(model):
    model.generation_config = GenerationConfig(bos_token_id=1, eos_token_id=2, pad_token_id=0, max_new_tokens=256)
    to_save = LlamaForCausalLM(model.config)
    to_save.load_state_dict(model.state_dict())
    to_save.generation_config = model.generation_config
    to_save.to(torch.bfloat16).save_pretrained(MODEL, safe_serialization=True)


def train(rank, args, store):
    """One of WORKERS processes, one thread each: they synchronize once per step, so a busy machine costs little."""
    torch.manual_seed(1)
    torch.set_num_threads(1)
    torch.distributed.init_process_group("gloo", init_method=f"file://{store}", rank=rank, world_size=WORKERS,
                                         timeout=timedelta(minutes=30))
    tokenizer = AutoTokenizer.from_pretrained(MODEL)
    model = LlamaForCausalLM.from_pretrained(MODEL, dtype=torch.float32) if args.resume else LlamaForCausalLM(config())
    parameters = list(model.parameters())
    optimizer = torch.optim.AdamW([{"params": [p for p in parameters if p.dim() > 1], "weight_decay": 0.05},
                                   {"params": [p for p in parameters if p.dim() == 1], "weight_decay": 0}],
                                  lr=PEAK, betas=(0.9, 0.98), fused=True)
    count = sum(p.numel() for p in parameters)
    heldout = heldout_text() if rank == 0 else []
    source = windows(tokenizer)
    rows, losses, step, saved, elapsed = [], [], 0, False, 0.0
    begun = time.time()

    def record(final):
        held = perplexity(model, tokenizer, heldout) if final or step % 500 == 0 else None
        tokens = step * BATCH * WINDOW
        rows.append([step, tokens, round(elapsed, 2), f"{rate:.6f}", *(round(sum(l) / len(l), 4) for l in zip(*losses)),
                     "" if held is None else round(held, 4)])
        losses.clear()
        print("epoch", batch[-1][0], rows[-1], f"{tokens / elapsed / 60:.0f} tokens/s", flush=True)
        with open(os.path.join(HERE, "loss.csv"), "w", newline="") as file:
            csv.writer(file).writerows([["step", "tokens", "minutes", "learning_rate", "loss", "answer_loss", "heldout_perplexity"], *rows])

    while elapsed < args.minutes:
        batch = [next(source) for _ in range(BATCH)]
        ids = torch.tensor([[token for token, _ in w] for _, w in batch[rank::WORKERS]])
        weights = torch.tensor([[weight for _, weight in w[1:]] for _, w in batch[rank::WORKERS]]).reshape(-1)
        rate = args.peak * min(1, (step + 1) / WARMUP) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * elapsed / args.minutes)))
        for group in optimizer.param_groups:
            group["lr"] = rate
        logits = model(ids[:, :-1], use_cache=False).logits
        each = torch.nn.functional.cross_entropy(logits.reshape(-1, logits.shape[-1]), ids[:, 1:].reshape(-1), reduction="none")
        loss = (each * weights).sum() / weights.sum()
        answer_loss = each[weights == ANSWER].mean()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        # Gradients, loss and the clock of the first process are reduced together: all processes see the same schedule.
        clock = (time.time() - begun) / 60 * WORKERS if rank == 0 else 0.0
        shared = torch.cat([p.grad.reshape(-1) for p in parameters] + [torch.tensor([each.mean().item(), answer_loss.item(), clock])])
        torch.distributed.all_reduce(shared)
        shared /= WORKERS
        start = 0
        for p in parameters:
            p.grad.copy_(shared[start:start + p.numel()].view_as(p))
            start += p.numel()
        mean_loss, mean_answer, elapsed = shared[count:].tolist()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        step += 1
        losses.append((mean_loss, mean_answer))
        if rank == 0 and step % 50 == 0 and elapsed < args.minutes:
            record(False)
        if rank == 0 and args.save_at and not saved and elapsed > args.save_at:
            save(model)
            saved = True
            print("saved", flush=True)
    if rank == 0:
        record(True)
        save(model)
        with open(os.path.join(HERE, "train.json"), "w", encoding="utf-8") as file:
            json.dump({"parameters": count, "steps": step, "tokens": step * BATCH * WINDOW, "epochs": batch[-1][0] + 1,
                       "minutes": round(elapsed, 1), "final_loss": rows[-1][4], "final_answer_loss": rows[-1][5], "heldout_perplexity_float32": rows[-1][6],
                       "torch": torch.__version__}, file, indent=2)
            file.write("\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=40)
    parser.add_argument("--save-at", type=float, default=0, help="also save once after so many minutes")
    parser.add_argument("--peak", type=float, default=PEAK, help="highest learning rate")
    parser.add_argument("--resume", action="store_true", help="start from the saved weights")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        torch.multiprocessing.spawn(train, (args, os.path.join(folder, "store")), nprocs=WORKERS)


if __name__ == "__main__":
    main()
