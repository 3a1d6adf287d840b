"""Trains nanoGPT's CPU configuration in native PyTorch until the validation loss falls below a target, or, without one, for
all steps. Reads a request as JSON from argv[1] and prints the answer as one line of JSON."""

import json
import math
import sys
import time

import torch
from gpt import GPT
from measure import STYLES, optimizer_of, train

STEPS, WARM_UP, LR, MIN_LR = 2000, 100, 1e-3, 1e-4
SHAPE = {"n_layer": 4, "n_head": 4, "n_embd": 128, "seq_len": 64, "batch_size": 12, "vocab_size": 256}
EVALUATIONS = 40


def learning_rate(step, steps):
    if step < WARM_UP:
        return LR * (step + 1) / (WARM_UP + 1)
    share = (step - WARM_UP) / (steps - WARM_UP)
    return MIN_LR + 0.5 * (1 + math.cos(math.pi * share)) * (LR - MIN_LR)


def windows(data, starts):
    """Inputs and targets, (count, T) ids each."""
    rows = torch.stack([data[s : s + SHAPE["seq_len"] + 1] for s in starts]).long()
    return rows[:, :-1], rows[:, 1:]


@torch.inference_mode()
def validation_loss(model, data):
    """The mean loss over the whole validation split, in windows that do not overlap."""
    T = SHAPE["seq_len"]
    starts = range(0, len(data) - T, T)
    total = 0.0
    for i in range(0, len(starts), 64):
        part = starts[i : i + 64]
        total += model.loss(*windows(data, part)).item() * len(part)
    return total / len(starts)


def time_to(text, target, steps, seed, style):
    data = torch.frombuffer(bytearray(text), dtype=torch.uint8)
    held = int(len(data) * 0.1)
    train_data, val_data = data[:-held], data[-held:]
    torch.manual_seed(seed)
    model = GPT(SHAPE, style)
    for name, p in model.named_parameters():
        if name.endswith("c_proj.weight"):
            torch.nn.init.normal_(p, std=0.02 / math.sqrt(2 * SHAPE["n_layer"]))
        elif name.endswith("bias"):
            torch.nn.init.zeros_(p)
    optimizer = optimizer_of(model)
    seconds = 0.0
    for step in range(1, steps + 1):
        start = time.perf_counter()
        starts = torch.randint(len(train_data) - SHAPE["seq_len"], (SHAPE["batch_size"],)).tolist()
        tokens, targets = windows(train_data, starts)
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(step - 1, steps)
        loss = model.loss(tokens, targets)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        seconds += time.perf_counter() - start
        if step == steps or (target and step % max(1, steps // EVALUATIONS) == 0):
            val_loss = validation_loss(model, val_data)
            reached = bool(target) and val_loss < target
            if reached or step == steps:
                return {"reached": reached, "step": step, "seconds": seconds, "val_loss": val_loss}


def main():
    request = json.loads(sys.argv[1])
    torch.set_num_threads(request["threads"])
    with open(request["text"], "rb") as file:
        text = file.read()
    # The faster way to write attention on this machine.
    style = min(STYLES, key=lambda s: train(SHAPE, s, 2))
    steps = request.get("steps", STEPS)
    print(json.dumps(time_to(text, request.get("target"), steps, request["seed"], style)))


if __name__ == "__main__":
    main()
