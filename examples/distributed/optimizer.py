"""mini-llm's optimizers: AdamW for all parameters, or Muon for the hidden matrices and AdamW for the rest."""

import math

import torch


def learning_rate(o, step):
    """After `step` completed steps: linear warm-up to lr, then decay to min_lr at max_steps."""
    if step < o["warmup_steps"]:
        return o["lr"] * (step + 1) / (o["warmup_steps"] + 1)
    if step >= o["max_steps"]:
        return o["min_lr"]
    progress = (step - o["warmup_steps"]) / (o["max_steps"] - o["warmup_steps"])
    if o["schedule"] == "cosine":
        left = 0.5 * (1 + math.cos(math.pi * progress))
    elif o["schedule"] == "linear":
        left = 1 - progress
    else:  # wsd: warm-up, stable, decay
        left = min(1, (1 - progress) / o["decay_fraction"]) if o["decay_fraction"] > 0 else 1
    return o["min_lr"] + left * (o["lr"] - o["min_lr"])


# Each singular value s becomes a·s + b·s³ + c·s⁵ (Amsel et al., "The Polar Express", 2025).
NEWTON_SCHULZ = [(8.0934, -23.6204, 17.4462), (3.6366, -2.7219, 0.5365), (2.6613, -1.9772, 0.4526)]


def orthogonalized(x):
    """Moves the singular values of x [m, n] towards 1."""
    if x.shape[0] > x.shape[1]:
        return orthogonalized(x.T).T
    x = x / (1.02 * x.norm()).clamp_min(1e-30)
    for a, b, c in NEWTON_SCHULZ:
        gram = x @ x.T  # [m, m]
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x


class Muon(torch.optim.Optimizer):
    """Jordan et al. 2024, with Nesterov's momentum and decoupled weight decay.

    A matrix that joins several layers is updated in `parts`, side by side.
    """

    MOMENTUM = 0.95

    def __init__(self, matrices, weight_decay):
        # parts: GPT-2's queries, keys and values; gate and up. out_in: whether a matrix is stored [out, in].
        groups = [{"params": [p], "parts": parts, "out_in": out_in} for p, parts, out_in in matrices]
        super().__init__(groups, {"lr": 0.0, "weight_decay": weight_decay})
        for p, _, _ in matrices:
            self.state[p]["momentum_buffer"] = torch.zeros_like(p)

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            (p,), lr, parts = group["params"], group["lr"], group["parts"]
            m = self.state[p]["momentum_buffer"]
            m.mul_(self.MOMENTUM).add_(p.grad, alpha=1 - self.MOMENTUM)
            direction = self.MOMENTUM * m + (1 - self.MOMENTUM) * p.grad
            p.mul_(1 - lr * group["weight_decay"])
            for place, part in zip(p.chunk(parts, dim=1), direction.chunk(parts, dim=1)):
                rows, columns = part.shape
                ratio = rows / columns if group["out_in"] else columns / rows  # outputs over inputs
                place.sub_(orthogonalized(part), alpha=lr * math.sqrt(max(1, ratio)))


class Optimizers:
    """The optimizers of a run, for the parameters that take gradients; their state has the names of our files."""

    def __init__(self, model, config, options):
        self.options = options
        self.trained = {name: p for name, p in model.named_parameters() if p.requires_grad}
        hidden = self.hidden_matrices(config) if options["optimizer"] == "muon" else {}
        rest = [p for name, p in self.trained.items() if name not in hidden]
        decayed, others = [p for p in rest if p.dim() == 2], [p for p in rest if p.dim() != 2]
        groups = [{"params": decayed, "weight_decay": options["weight_decay"]}, {"params": others, "weight_decay": 0.0}]
        self.adamw = torch.optim.AdamW(groups, betas=(options["beta1"], options["beta2"]), eps=1e-8)
        for p in rest:
            moments = {"exp_avg": torch.zeros_like(p), "exp_avg_sq": torch.zeros_like(p)}
            self.adamw.state[p].update({"step": torch.tensor(0.0), **moments})
        self.muon = Muon(hidden.values(), options["weight_decay"]) if hidden else None

    def hidden_matrices(self, config):
        """The matrices inside the blocks: name -> (parameter, parts, whether it is stored [out, in])."""
        is_gpt2 = config.arch == "gpt2"
        parts = {"attn.c_attn.weight": 3, "mlp.c_fc.weight": 2 if config.is_gated else 1}
        return {
            name: (p, next((n for ending, n in parts.items() if is_gpt2 and name.endswith(ending)), 1), not is_gpt2)
            for name, p in self.trained.items()
            if name.startswith(("h.", "model.layers.")) and p.dim() == 2
        }

    def state(self):
        """The moments by their names in our files; shared, not copied."""
        states = {**self.adamw.state, **(self.muon.state if self.muon else {})}
        return {
            f"{kind}.{name}": states[p][kind]
            for kind in ("exp_avg", "exp_avg_sq", "momentum_buffer")
            for name, p in self.trained.items()
            if kind in states[p]
        }

    def load(self, saved, step):
        with torch.no_grad():
            for name, tensor in self.state().items():
                tensor.copy_(saved[name])
        for state in self.adamw.state.values():
            state["step"].fill_(step)

    def clip(self, largest):
        """Scales the gradients down to this global norm (0: does not), and returns the norm before."""
        squares = [p.grad.double().pow(2).sum() for p in self.trained.values()]
        norm = float(torch.stack(squares).sum().sqrt())
        if 0 < largest < norm:
            for p in self.trained.values():
                p.grad.mul_(largest / norm)
        return norm

    def step(self, lr):
        for group in self.adamw.param_groups:
            group["lr"] = lr
        self.adamw.step()
        if self.muon:
            o = self.options
            for group in self.muon.param_groups:
                group["lr"] = lr * o["muon_lr"] / o["lr"] if o["lr"] > 0 else 0.0
            self.muon.step()

    def zero_grad(self):
        for p in self.trained.values():
            p.grad = None
