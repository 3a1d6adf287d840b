"""Makes cpp/tests/golden/{gpt2,qwen3}.safetensors: PyTorch's results for a tiny model of each architecture.

The files are committed. Make them again only when their contents change:

    apt-get install python3-torch                  # Debian 12: PyTorch 1.13
    /usr/bin/python3 research/goldens/make_golden.py

The models are plain PyTorch with Hugging Face's names and layouts, written independently of the C++ core. They compute
in float64 from float32 weights and round the results to float32, so that the files hold exact values without the
rounding errors of another float32 implementation. Tensors in a file, all F32:

    config [7]                     vocab_size, seq_len, n_layer, n_head, n_embd, n_kv_head, n_inner
    ids, targets [batch, time]     token ids as floats
    schedule [8]                   lr, min_lr, warmup_steps, max_steps, weight_decay, grad_clip, eps, muon_lr
    betas [2]
    logits [batch, time, vocab]    before the first step
    loss [1], grad.NAME            before the first step; the gradient of every parameter NAME
    weight.NAME                    before the first step
    lrs [10]                       the learning rates of ten steps on the same batch
    OPTIMIZER.losses, OPTIMIZER.grad_norms [10]    for adamw and muon, each before the update of its step
    OPTIMIZER.final.NAME           every parameter after the ten steps

qwen3 also has a text longer than seq_len. Each of its tokens sees itself and the seq_len - 1 tokens before it:

    long_ids [time], long_logits [time, vocab]     with the weights before the first step
"""

import json
import math
import pathlib
import struct

import torch

VOCAB, SEQ_LEN, LAYERS = 32, 12, 2
BATCH, TIME, LONG_TIME = 3, 11, 45  # TIME < SEQ_LEN: the last position of gpt2 is unused and its gradient is zero
LR, MIN_LR, WARMUP, STEPS = 1e-2, 1e-3, 3, 10
DECAY, BETAS, EPS, MUON_LR, MOMENTUM = 0.1, (0.9, 0.99), 1e-8, 2e-2, 0.95
# (a, b, c) of every iteration: the optimal odd polynomials for singular values from 0.01 to 1 (Amsel et al., "The Polar
# Express", 2025).
NEWTON_SCHULZ = [(8.0934, -23.6204, 17.4462), (3.6366, -2.7219, 0.5365), (2.6613, -1.9772, 0.4526)]
FOLDER = pathlib.Path(__file__).parents[2] / "cpp" / "tests" / "golden"


def make_weights(shapes):
    """Float32 values, large enough for every part of the model to change the result."""
    generator = torch.Generator().manual_seed(2019)
    weights = {}
    for name, shape in shapes.items():
        values = torch.randn(shape, generator=generator, dtype=torch.float32)
        is_norm_weight = len(shape) == 1 and name.endswith(".weight")
        weights[name] = 1 + 0.1 * values if is_norm_weight else (0.3 if len(shape) == 2 else 0.1) * values
    return weights


def attention(query, key, value, window=None):
    """Softmax attention of [batch, heads, time, head_dim]; a query sees itself and window - 1 positions before."""
    time = query.shape[-2]
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
    masked = torch.ones(time, time, dtype=torch.bool).triu(1)
    if window is not None:
        masked |= torch.ones(time, time, dtype=torch.bool).tril(-window)
    return scores.masked_fill(masked, -math.inf).softmax(-1) @ value


def split_heads(x, heads):
    return x.unflatten(-1, (heads, -1)).transpose(1, 2)


def join_heads(x):
    return x.transpose(1, 2).flatten(-2)


class Gpt2:
    name, embeddings, out_in = "gpt2", "w", False
    heads, kv_heads, width, inner = 2, 2, 16, 64
    clip = 2.0  # clips the first steps but not the last

    def shapes(self):
        c, hidden = self.width, self.inner
        shapes = {"wte.weight": (VOCAB, c), "wpe.weight": (SEQ_LEN, c)}
        for i in range(LAYERS):
            block = {
                "ln_1.weight": (c,), "ln_1.bias": (c,),
                "attn.c_attn.weight": (c, 3 * c), "attn.c_attn.bias": (3 * c,),
                "attn.c_proj.weight": (c, c), "attn.c_proj.bias": (c,),
                "ln_2.weight": (c,), "ln_2.bias": (c,),
                "mlp.c_fc.weight": (c, hidden), "mlp.c_fc.bias": (hidden,),
                "mlp.c_proj.weight": (hidden, c), "mlp.c_proj.bias": (c,),
            }
            shapes.update({f"h.{i}.{name}": shape for name, shape in block.items()})
        shapes.update({"ln_f.weight": (c,), "ln_f.bias": (c,)})
        return shapes

    @staticmethod
    def layer_norm(w, name, x):
        centered = x - x.mean(-1, keepdim=True)
        variance = (centered**2).mean(-1, keepdim=True)
        return centered / torch.sqrt(variance + 1e-5) * w[name + ".weight"] + w[name + ".bias"]

    @staticmethod
    def conv1d(w, name, x):
        return x @ w[name + ".weight"] + w[name + ".bias"]  # [in, out]

    @staticmethod
    def gelu(x):
        return 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))

    def attention(self, w, name, x):
        parts = self.conv1d(w, name + ".c_attn", x).split(self.width, dim=-1)
        query, key, value = (split_heads(part, self.heads) for part in parts)
        return self.conv1d(w, name + ".c_proj", join_heads(attention(query, key, value)))

    def forward(self, w, ids):
        x = w["wte.weight"][ids] + w["wpe.weight"][: ids.shape[1]]
        for i in range(LAYERS):
            block = f"h.{i}"
            x = x + self.attention(w, block + ".attn", self.layer_norm(w, block + ".ln_1", x))
            hidden = self.gelu(self.conv1d(w, block + ".mlp.c_fc", self.layer_norm(w, block + ".ln_2", x)))
            x = x + self.conv1d(w, block + ".mlp.c_proj", hidden)
        return self.layer_norm(w, "ln_f", x) @ w["wte.weight"].T


class Qwen3:
    name, embeddings, out_in = "qwen3", "model.embed", True
    heads, kv_heads, width, inner = 4, 2, 24, 64
    clip = 3.0

    def shapes(self):
        c, head, hidden = self.width, self.width // self.heads, self.inner
        shapes = {"model.embed_tokens.weight": (VOCAB, c)}
        for i in range(LAYERS):
            block = {
                "input_layernorm": (c,),
                "self_attn.q_proj": (self.heads * head, c), "self_attn.k_proj": (self.kv_heads * head, c),
                "self_attn.v_proj": (self.kv_heads * head, c), "self_attn.o_proj": (c, self.heads * head),
                "self_attn.q_norm": (head,), "self_attn.k_norm": (head,),
                "post_attention_layernorm": (c,),
                "mlp.gate_proj": (hidden, c), "mlp.up_proj": (hidden, c), "mlp.down_proj": (c, hidden),
            }
            shapes.update({f"model.layers.{i}.{name}.weight": shape for name, shape in block.items()})
        shapes["model.norm.weight"] = (c,)
        return shapes

    @staticmethod
    def rms_norm(w, name, x):
        return x / torch.sqrt((x**2).mean(-1, keepdim=True) + 1e-6) * w[name + ".weight"]

    @staticmethod
    def linear(w, name, x):
        return x @ w[name + ".weight"].T  # [out, in]

    @staticmethod
    def rotate(x):
        """RoPE: rotates (x[i], x[i + head_dim/2]) by position * theta^(-2i/head_dim); frequencies are float32."""
        time, head = x.shape[-2:]
        frequencies = 1.0 / 10000 ** (torch.arange(0, head, 2, dtype=torch.float32) / head)
        angles = torch.arange(time)[:, None].double() * frequencies.double()
        rotated = torch.polar(torch.ones_like(angles), angles) * torch.complex(*x.chunk(2, dim=-1))
        return torch.cat([rotated.real, rotated.imag], dim=-1)

    def attention(self, w, name, x, window):
        def part(kind, heads):
            return split_heads(self.linear(w, f"{name}.{kind}_proj", x), heads)

        query = self.rotate(self.rms_norm(w, name + ".q_norm", part("q", self.heads)))
        key = self.rotate(self.rms_norm(w, name + ".k_norm", part("k", self.kv_heads)))
        shared = self.heads // self.kv_heads  # consecutive query heads share a key head
        key, value = (y.repeat_interleave(shared, dim=1) for y in (key, part("v", self.kv_heads)))
        return self.linear(w, name + ".o_proj", join_heads(attention(query, key, value, window)))

    def forward(self, w, ids, window=None):
        x = w["model.embed_tokens.weight"][ids]
        for i in range(LAYERS):
            block = f"model.layers.{i}"
            x = x + self.attention(w, block + ".self_attn", self.rms_norm(w, block + ".input_layernorm", x), window)
            normed = self.rms_norm(w, block + ".post_attention_layernorm", x)
            gate, up = self.linear(w, block + ".mlp.gate_proj", normed), self.linear(w, block + ".mlp.up_proj", normed)
            x = x + self.linear(w, block + ".mlp.down_proj", gate * torch.sigmoid(gate) * up)
        return self.rms_norm(w, "model.norm", x) @ w["model.embed_tokens.weight"].T


def learning_rate(step):
    if step < WARMUP:
        return LR * (step + 1) / (WARMUP + 1)
    return MIN_LR + 0.5 * (1 + math.cos(math.pi * (step - WARMUP) / (STEPS - WARMUP))) * (LR - MIN_LR)


def orthogonal(x):
    """Moves every singular value s towards 1: s <- a s + b s^3 + c s^5, once for each row of NEWTON_SCHULZ."""
    u, s, vt = torch.linalg.svd(x / (1.02 * x.norm()), full_matrices=False)
    for a, b, c in NEWTON_SCHULZ:
        s = a * s + b * s**3 + c * s**5
    return u @ torch.diag(s) @ vt


class Muon:
    """Updates matrices [in, out], or [out, in] if `out_in`. A matrix that joins several layers is updated in parts."""

    def __init__(self, matrices, out_in):
        self.matrices, self.out_in = matrices, out_in  # (parameter, parts)
        self.momentum = [torch.zeros_like(p) for p, _ in matrices]

    @torch.no_grad()
    def step(self, lr):
        for (p, parts), m in zip(self.matrices, self.momentum):
            m += (1 - MOMENTUM) * (p.grad - m)
            direction = p.grad + MOMENTUM * (m - p.grad)
            p *= 1 - lr * DECAY
            for place, part in zip(p.chunk(parts, dim=1), direction.chunk(parts, dim=1)):
                rows, columns = part.shape
                ratio = rows / columns if self.out_in else columns / rows
                place -= lr * math.sqrt(max(1, ratio)) * orthogonal(part)


def ten_steps(model, weights, ids, targets, optimizer_name):
    """Returns (losses, gradient norms, the parameters after the ten steps)."""
    w = {name: values.double().requires_grad_() for name, values in weights.items()}
    by_muon = {}
    if optimizer_name == "muon":
        by_muon = {name: p for name, p in w.items() if p.dim() == 2 and not name.startswith(model.embeddings)}
    rest = [p for name, p in w.items() if name not in by_muon]
    groups = [
        {"params": [p for p in rest if p.dim() == 2], "weight_decay": DECAY},
        {"params": [p for p in rest if p.dim() != 2], "weight_decay": 0.0},
    ]
    adamw = torch.optim.AdamW(groups, lr=LR, betas=BETAS, eps=EPS)
    muon = Muon([(p, 3 if "c_attn" in name else 1) for name, p in by_muon.items()], model.out_in)
    losses, norms = [], []
    for step in range(STEPS):
        loss = torch.nn.functional.cross_entropy(model.forward(w, ids).flatten(0, 1), targets.flatten())
        adamw.zero_grad()
        for p in by_muon.values():
            p.grad = None
        loss.backward()
        norms.append(float(torch.nn.utils.clip_grad_norm_(w.values(), model.clip)))
        losses.append(loss.item())
        for group in adamw.param_groups:
            group["lr"] = learning_rate(step)
        adamw.step()
        muon.step(learning_rate(step) / LR * MUON_LR)
    print(model.name, optimizer_name, "losses", losses, "\ngradient norms", norms)
    return losses, norms, w


def golden(model):
    weights = make_weights(model.shapes())
    generator = torch.Generator().manual_seed(2020)
    tokens = torch.randint(VOCAB, (BATCH, TIME + 1), generator=generator)
    ids, targets = tokens[:, :-1], tokens[:, 1:]
    shape = [VOCAB, SEQ_LEN, LAYERS, model.heads, model.width, model.kv_heads, model.inner]
    tensors = {
        "config": torch.tensor(shape),
        "ids": ids, "targets": targets, "betas": torch.tensor(BETAS),
        "schedule": torch.tensor([LR, MIN_LR, WARMUP, STEPS, DECAY, model.clip, EPS, MUON_LR]),
    }
    tensors.update({"weight." + name: values for name, values in weights.items()})

    w = {name: values.double().requires_grad_() for name, values in weights.items()}
    if isinstance(model, Qwen3):
        long_ids = torch.randint(VOCAB, (LONG_TIME,), generator=generator)
        long_logits = model.forward(w, long_ids[None], window=SEQ_LEN)[0]
        tensors.update({"long_ids": long_ids, "long_logits": long_logits})
    logits = model.forward(w, ids)
    loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten())
    loss.backward()
    tensors.update({"logits": logits, "loss": loss.reshape(1)})
    tensors.update({"grad." + name: p.grad for name, p in w.items()})
    tensors["lrs"] = torch.tensor([learning_rate(step) for step in range(STEPS)])
    for optimizer in ("adamw", "muon"):
        losses, norms, final = ten_steps(model, weights, ids, targets, optimizer)
        tensors.update({f"{optimizer}.losses": torch.tensor(losses), f"{optimizer}.grad_norms": torch.tensor(norms)})
        tensors.update({f"{optimizer}.final.{name}": p for name, p in final.items()})
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


if __name__ == "__main__":
    for each in (Gpt2(), Qwen3()):
        write_safetensors(FOLDER / f"{each.name}.safetensors", golden(each))
