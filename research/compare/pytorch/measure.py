"""Measures native PyTorch: reads a request as JSON from argv[1] and prints the answer as one line of JSON."""

import ctypes
import json
import re
import sys
import time
from statistics import median

import torch
from gpt import GPT

STYLES = ["plain", "baddbmm"]
WARM_UP_STEPS = 2
FEWEST_STEPS = 3


def optimizer_of(model):
    """AdamW with nanoGPT's settings: decay on matrices only."""
    matrices = [p for p in model.parameters() if p.dim() >= 2]
    others = [p for p in model.parameters() if p.dim() < 2]
    groups = [{"params": matrices, "weight_decay": 0.1}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=1e-3, betas=(0.9, 0.99), foreach=True)


def train(shape, style, seconds):
    """Median milliseconds of a step: forward, backward, clipping, AdamW. Drawing batches is not timed."""
    model = GPT(shape, style)
    optimizer = optimizer_of(model)
    size = (shape["batch_size"], shape["seq_len"])
    times = []
    began = time.perf_counter()
    step = 0
    while len(times) < FEWEST_STEPS or time.perf_counter() - began < seconds:
        tokens, targets = torch.randint(shape["vocab_size"], (2, *size))
        start = time.perf_counter()
        loss = model.loss(tokens, targets)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if not loss.item() < 20:
            raise SystemExit(f"The loss became {loss.item()}.")
        if step >= WARM_UP_STEPS:
            times.append((time.perf_counter() - start) * 1000)
        step += 1
    return median(times)


def sampled(logits):
    """Temperature 0.8 and top-k 40, mini-llm's defaults."""
    best, ids = torch.topk(logits / 0.8, 40)
    return ids[torch.multinomial(torch.softmax(best, 0), 1)]


def fill(model, cached, upto):
    """Generates until the sequence has `upto` tokens, starting with one."""
    tokens = torch.full((1, 1), 10)
    caches = model.caches() if cached else None
    while tokens.shape[1] < upto:
        logits = model.next_logits(tokens[:, -1:] if cached else tokens, caches)
        tokens = torch.cat((tokens, sampled(logits).view(1, 1)), 1)


def generate(shape, style, cached, seconds):
    """Median tokens/s while filling the context."""
    model = GPT(shape, style).eval()
    times = []
    with torch.inference_mode():
        fill(model, cached, 9)
        began = time.perf_counter()
        while not times or time.perf_counter() - began < seconds:
            start = time.perf_counter()
            fill(model, cached, shape["seq_len"])
            times.append(time.perf_counter() - start)
    return (shape["seq_len"] - 1) / median(times)


def measured(shape, kind, seconds):
    """The faster of both styles; each gets half of the time."""
    if kind == "train":
        return {"ms_per_step": min(train(shape, style, seconds / 2) for style in STYLES)}
    both = [(cached, max(generate(shape, style, cached, seconds / 2) for style in STYLES)) for cached in (True, False)]
    return {"cached" if cached else "uncached": speed for cached, speed in both}


def check(shape):
    """Checks that both styles give the same logits, with and without the cache."""
    torch.manual_seed(1)
    models = [GPT(shape, style).eval() for style in STYLES]
    models[1].load_state_dict(models[0].state_dict())
    tokens = torch.randint(shape["vocab_size"], (1, shape["seq_len"]))
    with torch.inference_mode():
        expected = models[0].next_logits(tokens)
        for model in models:
            caches = model.caches()
            for i in range(shape["seq_len"]):
                logits = model.next_logits(tokens[:, i : i + 1], caches)
            for other in (logits, model.next_logits(tokens)):
                torch.testing.assert_close(other, expected, rtol=1e-3, atol=1e-4)


def describe():
    """The vector instructions of PyTorch's own operations, and the BLAS of its matrix products, which chooses its own."""
    return {"version": torch.__version__, "simd": simd_level(), "blas": blas()}


def simd_level():
    if hasattr(torch.backends, "cpu"):
        return torch.backends.cpu.get_cpu_capability()
    usage = re.search(r"CPU capability usage: (\w+)", torch.__config__.show())
    return usage[1] if usage else "unknown SIMD"


def blas():
    with open("/proc/self/maps") as maps:
        library = re.search(r"/\S*openblas\S*", maps.read())
    if not library:
        return "no OpenBLAS (install libopenblas0-openmp)"
    core_name = getattr(ctypes.CDLL(library[0]), "openblas_get_corename", None)
    if not core_name:
        return "OpenBLAS"
    core_name.restype = ctypes.c_char_p
    return f"OpenBLAS for {core_name().decode()}"


def main():
    request = json.loads(sys.argv[1])
    if request["kind"] == "describe":
        check({"n_layer": 2, "n_head": 2, "n_embd": 16, "seq_len": 8, "vocab_size": 32})
        print(json.dumps(describe()))
        return
    torch.set_num_threads(request["threads"])
    print(json.dumps(measured(request["shape"], request["kind"], request["seconds"])))


if __name__ == "__main__":
    main()
