"""Makes cpp/tests/golden/gpt2.safetensors: what PyTorch computes for a tiny model of the GPT-2 shape.

To make it again (only after a change of what it holds; the file is committed):

    apt-get install python3-torch                  # Debian 12: PyTorch 1.13
    /usr/bin/python3 tools/golden/make_golden.py

The model below is plain PyTorch with Hugging Face's names and layouts, written apart from the C++ core so that
the two can disagree. It computes in float64 from float32 weights and rounds the results to float32, so that
the file holds the truth and not another rounding. Tensors in the file, all F32:

    ids, targets [batch, time]     token ids as floats
    schedule [7]                   lr, min_lr, warmup_steps, max_steps, weight_decay, grad_clip, eps
    betas [2]
    logits [batch, time, vocab]    before the first step
    loss [1], grad.NAME            before the first step; the gradient of every parameter NAME
    weight.NAME                    before the first step
    losses, lrs, grad_norms [10]   of ten AdamW steps on the same batch, each seen before its update
    final.NAME                     every parameter after them
"""

import json
import math
import pathlib
import struct

import torch

VOCAB, MAX_LEN, LAYERS, HEADS, WIDTH = 32, 12, 2, 2, 16
BATCH, TIME = 3, 11  # one position stays unused: its gradient is zero
LR, MIN_LR, WARMUP, STEPS = 1e-2, 1e-3, 3, 10
DECAY, CLIP, BETAS, EPS = 0.1, 2.0, (0.9, 0.99), 1e-8  # the first steps are clipped, the last are not
TARGET = pathlib.Path(__file__).parents[2] / "cpp" / "tests" / "golden" / "gpt2.safetensors"


def make_weights():
    """Every parameter by its Hugging Face name; float32 values, large enough for every path to matter."""
    shapes = {"wte.weight": (VOCAB, WIDTH), "wpe.weight": (MAX_LEN, WIDTH)}
    for i in range(LAYERS):
        block = {
            "ln_1.weight": (WIDTH,), "ln_1.bias": (WIDTH,),
            "attn.c_attn.weight": (WIDTH, 3 * WIDTH), "attn.c_attn.bias": (3 * WIDTH,),
            "attn.c_proj.weight": (WIDTH, WIDTH), "attn.c_proj.bias": (WIDTH,),
            "ln_2.weight": (WIDTH,), "ln_2.bias": (WIDTH,),
            "mlp.c_fc.weight": (WIDTH, 4 * WIDTH), "mlp.c_fc.bias": (4 * WIDTH,),
            "mlp.c_proj.weight": (4 * WIDTH, WIDTH), "mlp.c_proj.bias": (WIDTH,),
        }
        shapes.update({f"h.{i}.{name}": shape for name, shape in block.items()})
    shapes.update({"ln_f.weight": (WIDTH,), "ln_f.bias": (WIDTH,)})
    generator = torch.Generator().manual_seed(2019)
    weights = {}
    for name, shape in shapes.items():
        values = torch.randn(shape, generator=generator, dtype=torch.float32)
        is_norm_weight = len(shape) == 1 and name.endswith(".weight")
        weights[name] = 1 + 0.1 * values if is_norm_weight else (0.3 if len(shape) == 2 else 0.1) * values
    return weights


def layer_norm(w, name, x):
    centred = x - x.mean(-1, keepdim=True)
    variance = (centred**2).mean(-1, keepdim=True)
    return centred / torch.sqrt(variance + 1e-5) * w[name + ".weight"] + w[name + ".bias"]


def conv1d(w, name, x):
    return x @ w[name + ".weight"] + w[name + ".bias"]  # [in, out]


def gelu(x):
    return 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


def attention(w, name, x):
    batch, time, width = x.shape
    heads = [
        part.view(batch, time, HEADS, width // HEADS).transpose(1, 2)
        for part in conv1d(w, name + ".c_attn", x).split(width, dim=-1)
    ]
    query, key, value = heads
    scores = query @ key.transpose(-2, -1) / math.sqrt(width // HEADS)
    future = torch.ones(time, time, dtype=torch.bool).triu(1)
    seen = scores.masked_fill(future, -math.inf).softmax(-1) @ value
    return conv1d(w, name + ".c_proj", seen.transpose(1, 2).reshape(batch, time, width))


def forward(w, ids):
    x = w["wte.weight"][ids] + w["wpe.weight"][: ids.shape[1]]
    for i in range(LAYERS):
        block = f"h.{i}"
        x = x + attention(w, block + ".attn", layer_norm(w, block + ".ln_1", x))
        hidden = gelu(conv1d(w, block + ".mlp.c_fc", layer_norm(w, block + ".ln_2", x)))
        x = x + conv1d(w, block + ".mlp.c_proj", hidden)
    return layer_norm(w, "ln_f", x) @ w["wte.weight"].T


def learning_rate(step):
    if step < WARMUP:
        return LR * (step + 1) / (WARMUP + 1)
    return MIN_LR + 0.5 * (1 + math.cos(math.pi * (step - WARMUP) / (STEPS - WARMUP))) * (LR - MIN_LR)


def golden():
    weights = make_weights()
    generator = torch.Generator().manual_seed(2020)
    tokens = torch.randint(VOCAB, (BATCH, TIME + 1), generator=generator)
    ids, targets = tokens[:, :-1], tokens[:, 1:]
    tensors = {
        "ids": ids, "targets": targets, "betas": torch.tensor(BETAS),
        "schedule": torch.tensor([LR, MIN_LR, WARMUP, STEPS, DECAY, CLIP, EPS]),
    }
    tensors.update({"weight." + name: values for name, values in weights.items()})

    w = {name: values.double().requires_grad_() for name, values in weights.items()}
    groups = [
        {"params": [p for p in w.values() if p.dim() == 2], "weight_decay": DECAY},
        {"params": [p for p in w.values() if p.dim() != 2], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=LR, betas=BETAS, eps=EPS)
    losses, lrs, norms = [], [], []
    for step in range(STEPS):
        logits = forward(w, ids)
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten())
        optimizer.zero_grad()
        loss.backward()
        if step == 0:
            tensors.update({"logits": logits, "loss": loss.reshape(1)})
            tensors.update({"grad." + name: p.grad.clone() for name, p in w.items()})
        norms.append(float(torch.nn.utils.clip_grad_norm_(w.values(), CLIP)))
        losses.append(loss.item())
        lrs.append(learning_rate(step))
        for group in optimizer.param_groups:
            group["lr"] = lrs[-1]
        optimizer.step()
    tensors.update({"losses": torch.tensor(losses), "lrs": torch.tensor(lrs), "grad_norms": torch.tensor(norms)})
    tensors.update({"final." + name: p for name, p in w.items()})
    print("losses", losses, "\ngradient norms", norms)
    return tensors


def write_safetensors(path, tensors):
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name, tensor in tensors.items():
        values = tensor.detach().float().contiguous()
        begin = len(data)
        data += struct.pack(f"<{values.numel()}f", *values.flatten().tolist())
        header[name] = {"dtype": "F32", "shape": list(values.shape), "data_offsets": [begin, len(data)]}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)
    print(path, path.stat().st_size, "bytes")


write_safetensors(TARGET, golden())
