"""mini-llm's random numbers: Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011).

A number is a function of (seed, stream, counter) alone. So every process draws the same batches and its own part of the
same dropout masks, whatever the number of processes.
"""

import torch

BATCH, DROPOUT, SHUFFLE = 1, 2, 6  # streams; the same numbers as in cpp/kernels/random.h
MASK = 0xFFFFFFFF


def philox(seed, stream, hi, lo):
    """Four 32-bit numbers for the 128-bit counter {lo, hi}. `lo` may be an int or a tensor of int64, whose products wrap."""
    c0, c1, c2, c3 = lo & MASK, lo >> 32, hi & MASK, hi >> 32
    k0, k1 = seed, stream
    for _ in range(10):
        p0, p1 = 0xD2511F53 * c0, 0xCD9E8D57 * c2
        c0, c1, c2, c3 = (p1 >> 32 & MASK) ^ c1 ^ k0, p1 & MASK, (p0 >> 32 & MASK) ^ c3 ^ k1, p0 & MASK
        k0, k1 = k0 + 0x9E3779B9 & MASK, k1 + 0xBB67AE85 & MASK
    return c0, c1, c2, c3


def uniform_integer(seed, stream, hi, n):
    """An integer in [0, n), made of two 32-bit numbers."""
    high, low, *_ = philox(seed, stream, hi, 0)
    return (high << 32 | low) * n >> 64


def permuted(i, n, seed, turn):
    """Where a permutation of [0, n) puts i: a Feistel network, repeated until the result is below n."""
    half = (n.bit_length() + 1) // 2
    mask = (1 << half) - 1
    while True:
        left, right = i >> half, i & mask
        for round in range(4):
            left, right = right, left ^ philox(seed, SHUFFLE, turn, round << 32 | right)[0] & mask
        i = left << half | right
        if i < n:
            return i


def dropout_scale(x, p, seed, call, first):
    """For each element of x, 0 with probability p, else 1/(1-p). `first` is the number of elements before x in the batch."""
    p = torch.tensor(p, dtype=torch.float32)
    begin, end = first // 4, (first + x.numel() + 3) // 4  # four elements share a block
    blocks = torch.arange(begin, end, device=x.device)
    numbers = torch.stack(philox(seed, DROPOUT, call, blocks), dim=-1).flatten()
    kept = numbers[first - 4 * begin :][: x.numel()] >= int(p.item() * 2**32)
    return kept.view_as(x) * (1 / (1 - p)).to(x.device)


class DropoutKeys:
    """Gives each dropout of a forward pass its own numbers. `first_row` is the first of the batch's rows computed here."""

    def __init__(self, seed, next_call, first_row):
        self.seed, self.next_call, self.first_row = seed, next_call, first_row

    def scale(self, x, p):  # x [B, T, C], some rows of the batch
        call, self.next_call = self.next_call, self.next_call + 1
        return dropout_scale(x, p, self.seed, call, self.first_row * x[0].numel())
