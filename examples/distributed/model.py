"""The two architectures of mini-llm, GPT-2 and Qwen3, with the names and layouts of Hugging Face and of our files.

Shapes: B sequences, T tokens, C = n_embd, V = vocab_size, D = head_dim.
"""

import math
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F


@dataclass
class Config:
    arch: str
    vocab_size: int
    seq_len: int
    n_layer: int
    n_head: int
    n_embd: int
    n_kv_head: int = 0  # 0: n_head
    n_inner: int = 0  # 0, in old files: 4·C
    rope_theta: float = 10000.0
    activation: str = "default"
    head_dim: int = 0  # 0: n_embd / n_head
    tie_word_embeddings: bool = True  # models with a head of their own are refused

    def __post_init__(self):
        if self.activation == "default":
            self.activation = {"gpt2": "gelu", "qwen3": "swiglu"}[self.arch]
        self.n_kv_head = self.n_kv_head or self.n_head
        self.n_inner = self.n_inner or 4 * self.n_embd
        self.head_dim = self.head_dim or self.n_embd // self.n_head

    @property
    def is_gated(self):
        return self.activation == "swiglu"


def make_model(config, dropout):
    return {"gpt2": GPT2, "qwen3": Qwen3}[config.arch](config, dropout)


class Dropout(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, x, keys):
        return x * keys.scale(x, self.p) if self.training and self.p > 0 else x


def split_heads(x, head_dim):
    return x.unflatten(-1, (-1, head_dim)).transpose(1, 2)  # [B, T, heads·D] -> [B, heads, T, D]


def causal_attention(q, k, v):
    """Softmax attention of [B, n_head, T, D] to earlier positions, heads joined: [B, T, C]."""
    if hasattr(F, "scaled_dot_product_attention"):  # PyTorch 2
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
    else:
        future = torch.ones(q.shape[-2], q.shape[-2], dtype=torch.bool, device=q.device).triu(1)
        scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])  # [B, n_head, T, T]
        y = scores.masked_fill(future, -math.inf).softmax(-1) @ v
    return y.transpose(1, 2).flatten(-2)


def loss_of(x, embedding, targets):
    """The mean loss in nats; the output layer is the embedding (tied). x [B, T, C], targets [B, T]."""
    logits = F.linear(x, embedding.weight)  # [B, T, V]
    return F.cross_entropy(logits.flatten(0, 1).float(), targets.flatten())


# GPT-2 (Radford et al. 2019): LayerNorm, learned positions, biases, matrices stored [in, out].


class Conv1D(nn.Module):
    def __init__(self, width_in, width_out):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(width_in, width_out))
        self.bias = nn.Parameter(torch.empty(width_out))

    def forward(self, x):
        return x @ self.weight + self.bias


class GPT2Attention(nn.Module):
    def __init__(self, c, dropout):
        super().__init__()
        self.head_dim = c.head_dim
        self.c_attn = Conv1D(c.n_embd, 3 * c.n_embd)
        self.c_proj = Conv1D(c.n_embd, c.n_embd)
        self.resid_dropout = Dropout(dropout)

    def forward(self, x, keys):  # [B, T, C]
        q, k, v = (split_heads(part, self.head_dim) for part in self.c_attn(x).chunk(3, dim=-1))  # [B, n_head, T, D]
        return self.resid_dropout(self.c_proj(causal_attention(q, k, v)), keys)  # [B, T, C]


class GPT2MLP(nn.Module):
    def __init__(self, c, dropout):
        super().__init__()
        self.is_gated = c.is_gated
        self.c_fc = Conv1D(c.n_embd, (2 if c.is_gated else 1) * c.n_inner)
        self.c_proj = Conv1D(c.n_inner, c.n_embd)
        self.dropout = Dropout(dropout)

    def forward(self, x, keys):
        x = self.c_fc(x)  # [B, T, n_inner], gated [B, T, 2·n_inner]
        if self.is_gated:
            gate, up = x.chunk(2, dim=-1)
            x = F.silu(gate) * up  # [B, T, n_inner]
        else:
            x = F.gelu(x, approximate="tanh")
        return self.dropout(self.c_proj(x), keys)  # [B, T, C]


class GPT2Block(nn.Module):
    def __init__(self, c, dropout):
        super().__init__()
        self.ln_1 = nn.LayerNorm(c.n_embd, eps=1e-5)
        self.attn = GPT2Attention(c, dropout)
        self.ln_2 = nn.LayerNorm(c.n_embd, eps=1e-5)
        self.mlp = GPT2MLP(c, dropout)

    def forward(self, x, keys):
        x = x + self.attn(self.ln_1(x), keys)
        return x + self.mlp(self.ln_2(x), keys)


class GPT2(nn.Module):
    def __init__(self, c, dropout):
        super().__init__()
        self.wte = nn.Embedding(c.vocab_size, c.n_embd)
        self.wpe = nn.Embedding(c.seq_len, c.n_embd)
        self.drop = Dropout(dropout)
        self.h = nn.ModuleList(GPT2Block(c, dropout) for _ in range(c.n_layer))
        self.ln_f = nn.LayerNorm(c.n_embd, eps=1e-5)

    def forward(self, ids, targets, keys=None):  # [B, T]
        x = self.wte(ids) + self.wpe.weight[: ids.shape[1]]  # [B, T, C]
        x = self.drop(x, keys)
        for block in self.h:
            x = block(x, keys)
        return loss_of(self.ln_f(x), self.wte, targets)

    def embeddings(self):
        return [self.wte, self.wpe]

    def blocks(self):
        return self.h


# Qwen3 (Yang et al. 2025): RMSNorm, rotary positions, grouped queries, matrices stored [out, in].


def linear(width_in, width_out):
    return nn.Linear(width_in, width_out, bias=False)


class RMSNorm(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(width))

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6) * self.weight


def rotary_table(c):
    """cos and sin of position·theta^(-2i/D), each [seq_len, D/2]."""
    exponents = -torch.arange(0, c.head_dim, 2, dtype=torch.float64) / c.head_dim
    frequencies = (c.rope_theta**exponents).float().double()  # [D/2], rounded as mini-llm does
    angles = torch.arange(c.seq_len)[:, None] * frequencies
    return angles.cos().float(), angles.sin().float()


def rotate(x, cos, sin):
    """Rotates the pairs (x[i], x[i + D/2]) by their position's angles. x [B, heads, T, D]."""
    a, b = x.chunk(2, dim=-1)
    return torch.cat([a * cos - b * sin, b * cos + a * sin], dim=-1)


class Qwen3Attention(nn.Module):
    def __init__(self, c, dropout):
        super().__init__()
        self.head_dim, self.queries_per_key = c.head_dim, c.n_head // c.n_kv_head
        self.q_proj = linear(c.n_embd, c.n_head * c.head_dim)
        self.k_proj = linear(c.n_embd, c.n_kv_head * c.head_dim)
        self.v_proj = linear(c.n_embd, c.n_kv_head * c.head_dim)
        self.o_proj = linear(c.n_head * c.head_dim, c.n_embd)
        self.q_norm, self.k_norm = RMSNorm(c.head_dim), RMSNorm(c.head_dim)
        self.resid_dropout = Dropout(dropout)

    def forward(self, x, cos, sin, keys):  # [B, T, C]
        q = self.q_norm(split_heads(self.q_proj(x), self.head_dim))  # [B, n_head, T, D]
        k = self.k_norm(split_heads(self.k_proj(x), self.head_dim))  # [B, n_kv_head, T, D]
        v = split_heads(self.v_proj(x), self.head_dim)
        k, v = (y.repeat_interleave(self.queries_per_key, dim=1) for y in (rotate(k, cos, sin), v))  # [B, n_head, T, D]
        return self.resid_dropout(self.o_proj(causal_attention(rotate(q, cos, sin), k, v)), keys)  # [B, T, C]


class Qwen3MLP(nn.Module):
    def __init__(self, c, dropout):
        super().__init__()
        self.gate_proj = linear(c.n_embd, c.n_inner) if c.is_gated else None
        self.up_proj = linear(c.n_embd, c.n_inner)
        self.down_proj = linear(c.n_inner, c.n_embd)
        self.dropout = Dropout(dropout)

    def forward(self, x, keys):
        up = self.up_proj(x)  # [B, T, n_inner]
        x = F.gelu(up, approximate="tanh") if self.gate_proj is None else F.silu(self.gate_proj(x)) * up
        return self.dropout(self.down_proj(x), keys)  # [B, T, C]


class Qwen3Block(nn.Module):
    def __init__(self, c, dropout):
        super().__init__()
        self.input_layernorm = RMSNorm(c.n_embd)
        self.self_attn = Qwen3Attention(c, dropout)
        self.post_attention_layernorm = RMSNorm(c.n_embd)
        self.mlp = Qwen3MLP(c, dropout)

    def forward(self, x, cos, sin, keys):
        x = x + self.self_attn(self.input_layernorm(x), cos, sin, keys)
        return x + self.mlp(self.post_attention_layernorm(x), keys)


class Qwen3(nn.Module):
    def __init__(self, c, dropout):
        super().__init__()
        self.model = nn.Module()  # Hugging Face's names begin with "model."
        self.model.embed_tokens = nn.Embedding(c.vocab_size, c.n_embd)
        self.drop = Dropout(dropout)
        self.model.layers = nn.ModuleList(Qwen3Block(c, dropout) for _ in range(c.n_layer))
        self.model.norm = RMSNorm(c.n_embd)
        cos, sin = rotary_table(c)
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)

    def forward(self, ids, targets, keys=None):  # [B, T]
        x = self.drop(self.model.embed_tokens(ids), keys)  # [B, T, C]
        cos, sin = self.cos[: ids.shape[1]], self.sin[: ids.shape[1]]  # [T, D/2]
        for block in self.model.layers:
            x = block(x, cos, sin, keys)
        return loss_of(self.model.norm(x), self.model.embed_tokens, targets)

    def embeddings(self):
        return [self.model.embed_tokens]

    def blocks(self):
        return self.model.layers
