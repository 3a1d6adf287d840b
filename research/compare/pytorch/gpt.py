"""A GPT-2 model for the comparison: pre-LayerNorm, tanh-GELU, learned positions, tied head, no dropout.

It has two ways to compute attention; which one is faster depends on the machine and the shape.
"""

import math

import torch
from torch import nn
from torch.nn import functional as F


class Attention(nn.Module):
    def __init__(self, width, heads, context, style):
        super().__init__()
        self.heads = heads
        self.style = style
        self.c_attn = nn.Linear(width, 3 * width)
        self.c_proj = nn.Linear(width, width)
        future = torch.ones(context, context).triu(1).bool()
        self.register_buffer("future", future, persistent=False)
        self.register_buffer("mask", torch.zeros(context, context).masked_fill(future, -math.inf), persistent=False)

    def forward(self, x, cache):
        B, T, C = x.shape
        q, k, v = (t.view(B, T, self.heads, -1).transpose(1, 2) for t in self.c_attn(x).split(C, 2))  # (B, H, T, D)
        if cache is not None:
            k, v = cache.append(k, v)
        start = k.shape[2] - T
        y = self.fused(q, k, v, start) if self.style == "baddbmm" else self.plain(q, k, v, start)
        return self.c_proj(y.transpose(1, 2).reshape(B, T, C))

    def plain(self, q, k, v, start):
        scores = (q @ k.transpose(2, 3)) * (1 / math.sqrt(q.shape[3]))
        scores = scores.masked_fill(self.future[start : k.shape[2], : k.shape[2]], -math.inf)
        return F.softmax(scores, 3) @ v

    def fused(self, q, k, v, start):
        """Scales and masks inside the product."""
        B, H, T, D = q.shape
        q, k, v = (t.reshape(B * H, -1, D) for t in (q, k, v))
        mask = self.mask[start : k.shape[1], : k.shape[1]]
        scores = torch.baddbmm(mask, q, k.transpose(1, 2), alpha=1 / math.sqrt(D))
        return (F.softmax(scores, 2) @ v).view(B, H, T, D)


class Cache:
    """Keys and values of one layer, in preallocated arrays."""

    def __init__(self, heads, context, size):
        self.k = torch.empty(1, heads, context, size)
        self.v = torch.empty(1, heads, context, size)
        self.length = 0

    def append(self, k, v):
        end = self.length + k.shape[2]
        self.k[:, :, self.length : end] = k
        self.v[:, :, self.length : end] = v
        self.length = end
        return self.k[:, :, :end], self.v[:, :, :end]


class Block(nn.Module):
    def __init__(self, width, heads, context, style):
        super().__init__()
        self.ln_1 = nn.LayerNorm(width)
        self.attn = Attention(width, heads, context, style)
        self.ln_2 = nn.LayerNorm(width)
        self.c_fc = nn.Linear(width, 4 * width)
        self.c_proj = nn.Linear(4 * width, width)

    def forward(self, x, cache):
        x = x + self.attn(self.ln_1(x), cache)
        return x + self.c_proj(F.gelu(self.c_fc(self.ln_2(x)), approximate="tanh"))


class GPT(nn.Module):
    def __init__(self, shape, style):
        super().__init__()
        self.shape = shape
        L, H, C, T = shape["n_layer"], shape["n_head"], shape["n_embd"], shape["seq_len"]
        self.wte = nn.Embedding(shape["vocab_size"], C)
        self.wpe = nn.Embedding(T, C)
        self.blocks = nn.ModuleList(Block(C, H, T, style) for _ in range(L))
        self.ln_f = nn.LayerNorm(C)
        for p in self.parameters():
            if p.dim() == 2:
                nn.init.normal_(p, std=0.02)

    def forward(self, tokens, caches=None):
        """(B, T) ids to (B, T, C) features and the head's weight (V, C); tokens continue those in the caches."""
        start = caches[0].length if caches else 0
        x = self.wte(tokens) + self.wpe(torch.arange(start, start + tokens.shape[1]))
        for i, block in enumerate(self.blocks):
            x = block(x, caches[i] if caches else None)
        return self.ln_f(x), self.wte.weight

    def loss(self, tokens, targets):
        x, head = self(tokens)
        return F.cross_entropy((x @ head.t()).flatten(0, 1), targets.flatten())

    def next_logits(self, tokens, caches=None):
        x, head = self(tokens, caches)
        return x[0, -1] @ head.t()

    def caches(self):
        s = self.shape
        return [Cache(s["n_head"], s["seq_len"], s["n_embd"] // s["n_head"]) for _ in range(s["n_layer"])]
