"""Trains a model of mini-llm on, as mini-llm would: the same batches, dropout, steps, schedule and validation.

    python3 train.py text.txt --resume model.safetensors
    torchrun --nproc_per_node=8 train.py text.txt --resume model.safetensors

Each process computes some rows of every batch, and DistributedDataParallel averages the gradients. README.md has more.
"""

import contextlib
import json
import math
import os
import signal
import time
from datetime import timedelta

import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel

from checkpoint import LOSSES, Checkpoint, Refused, new_info, read_checkpoint, write_checkpoint
from data import Dataset
from hugging_face import read_folder
from model import make_model
from optimizer import Optimizers, learning_rate
from options import given_options, new_options, parse_arguments, require_sensible, resumed_options
from philox import DropoutKeys

RANK, LOCAL_RANK = int(os.environ.get("RANK", 0)), int(os.environ.get("LOCAL_RANK", 0))
PROCESSES = int(os.environ.get("WORLD_SIZE", 1))
CALLS_PER_PASS = 1024  # numbers of dropout masks that mini-llm reserves for a forward pass


class Run:
    def __init__(self, arguments):
        self.arguments = arguments
        self.asked_to_stop = False  # this process, by a signal
        self.stopping = False  # all processes, at the same step
        self.device = torch.device("cpu")
        if (arguments.device or ("cuda" if torch.cuda.is_available() else "cpu")) == "cuda":
            self.device = torch.device("cuda", LOCAL_RANK)
            torch.cuda.set_device(self.device)
        if PROCESSES > 1:
            backend = "nccl" if self.device.type == "cuda" else "gloo"
            dist.init_process_group(backend, timeout=timedelta(hours=2))  # one process encodes the text first
        checkpoint, given = self.read_start(), given_options(arguments)
        self.config, self.tokenizer, self.info = checkpoint.config, checkpoint.tokenizer, checkpoint.info
        self.options = resumed_options(self.info["options"], given) if arguments.resume else new_options(given)
        self.step = self.info["step"]
        self.require_work()
        self.dataset = self.read_text()
        self.require_agreement()
        self.make_model(checkpoint)

    def read_start(self):
        path = self.arguments.resume or self.arguments.init_from
        checkpoint = read_folder(path) if os.path.isdir(path) else read_checkpoint(path)
        if not self.arguments.resume:
            return Checkpoint(checkpoint.config, checkpoint.tokenizer, checkpoint.weights, new_info(checkpoint))
        if "options" not in checkpoint.info or not checkpoint.optimizer:
            raise Refused(f"{path} holds weights only, so its run cannot go on; begin a new run with --init_from.")
        if checkpoint.info.get("restored_best"):
            raise Refused(f"The run of {path} has ended with its best weights; begin a new run with --init_from.")
        return checkpoint

    def require_work(self):
        require_sensible(self.options, PROCESSES)
        end = min(self.options["max_steps"], self.arguments.stop_at_step or math.inf)
        if self.step >= end:
            raise Refused(f"The model has already done {self.step} of {end} steps; give a larger number to go on.")

    def read_text(self):
        """The first process of a machine encodes the text, the others then find its files."""
        if PROCESSES > 1 and LOCAL_RANK > 0:
            dist.barrier()
        dataset = Dataset(
            self.arguments.text, self.tokenizer, self.config.seq_len, self.options["val_fraction"],
            self.info["corpus_sha256"],
        )  # fmt: skip
        if PROCESSES > 1 and LOCAL_RANK == 0:
            dist.barrier()
        self.info["corpus_sha256"] = dataset.sha256
        return dataset

    def require_agreement(self):
        """Machines may hold different files under the same names, such as an older save."""
        own = [int(self.dataset.sha256[:8], 16), self.step]
        if self.total(*own) != [PROCESSES * number for number in own]:
            raise Refused("Not all machines have the same text and the same model file; copy them to each machine.")

    def make_model(self, checkpoint):
        o = self.options
        self.model = make_model(self.config, o["dropout"])
        wanted = {name: p.shape for name, p in self.model.state_dict().items()}
        if wanted != {name: tensor.shape for name, tensor in checkpoint.weights.items()}:
            names = sorted(set(wanted) ^ set(checkpoint.weights)) or ["the shapes"]
            raise Refused(f"The tensors do not fit the model's config; the first difference is {names[0]}.")
        self.model.load_state_dict(checkpoint.weights)
        self.freeze(o["freeze_layers"])
        self.model.to(self.device)
        self.parallel = self.model
        if PROCESSES > 1:
            ids = [LOCAL_RANK] if self.device.type == "cuda" else None
            self.parallel = DistributedDataParallel(self.model, device_ids=ids, broadcast_buffers=False)
        self.optimizers = Optimizers(self.model, self.config, o)
        self.best = {}
        if self.arguments.resume:
            self.optimizers.load(checkpoint.optimizer, self.step)
            if self.info.get("best_val_loss") is not None:
                self.best = {**self.copy_of_trained(), **checkpoint.best}

    def freeze(self, layers):
        if layers > len(self.model.blocks()):
            raise Refused(f"--freeze_layers is {layers}, but the model has {len(self.model.blocks())} layers.")
        frozen = [*self.model.embeddings(), *self.model.blocks()[:layers]] if layers > 0 else []
        for module in frozen:
            module.requires_grad_(False)

    def copy_of_trained(self):
        return {name: p.detach().cpu().clone() for name, p in self.optimizers.trained.items()}

    # Training

    def total(self, *values):
        """The sums of these numbers over all processes."""
        numbers = torch.tensor(values, dtype=torch.float64, device=self.device)
        if PROCESSES > 1:
            dist.all_reduce(numbers)
        return numbers.tolist()

    def autocast(self):
        is_on = self.arguments.dtype == "bfloat16"
        return torch.autocast(self.device.type, dtype=torch.bfloat16) if is_on else contextlib.nullcontext()

    def own_part(self, count):
        """The part of `count` rows that this process computes."""
        return slice(RANK * count // PROCESSES, (RANK + 1) * count // PROCESSES)

    def run_step(self):
        o, rows = self.options, self.own_part(self.options["batch_size"])
        share = (rows.stop - rows.start) / (o["batch_size"] * o["grad_accum"])  # of the step's sequences
        loss_sum, byte_count, began = 0.0, 0, time.monotonic()
        self.optimizers.zero_grad()
        self.model.train()
        for micro in range(o["grad_accum"]):
            index = self.step * o["grad_accum"] + micro
            ids, targets = self.dataset.train_batch(o["seed"], index, o["batch_size"], rows)
            keys = DropoutKeys(o["seed"], index * CALLS_PER_PASS, rows.start)
            is_last = micro + 1 == o["grad_accum"]
            with contextlib.nullcontext() if is_last or PROCESSES == 1 else self.parallel.no_sync():
                with self.autocast():
                    loss = self.parallel(ids.to(self.device), targets.to(self.device), keys)
                # DistributedDataParallel averages over processes, which may have different numbers of rows.
                (loss * (share * PROCESSES)).backward()
            loss_sum += loss.item() * share
            byte_count += self.dataset.bytes_of(targets)
        loss, byte_count, stops = self.total(loss_sum, byte_count, self.asked_to_stop)
        self.stopping = stops > 0
        norm = self.optimizers.clip(o["grad_clip"])
        self.require_finite(loss, norm)
        lr = learning_rate(o, self.step)
        self.optimizers.step(lr)
        self.step += 1
        tokens = o["batch_size"] * o["grad_accum"] * self.config.seq_len
        self.info.update(train_loss=loss, train_bits_per_byte=loss / math.log(2) * tokens / byte_count)
        self.report("step", lr=lr, grad_norm=norm, tokens_per_s=tokens / (time.monotonic() - began))

    def require_finite(self, *numbers):
        if not all(math.isfinite(number) for number in numbers):
            raise Refused(
                f"The loss or the gradient became NaN or infinite after step {self.step}, so training has stopped; the "
                "last save stays as it is. Try a lower --lr or a longer --warmup_steps."
            )

    # Validation and early stopping

    def evaluation_due(self):
        every = self.options["eval_every"]
        wanted = self.step == self.options["max_steps"] or (every > 0 and self.step % every == 0)
        return wanted and self.step != self.info["val_step"] and len(self.dataset.val) > 0

    @torch.no_grad()
    def evaluate(self):
        o = self.options
        starts = self.dataset.validation_starts(o["eval_batches"] * o["batch_size"])
        own = starts[self.own_part(len(starts))]
        loss_sum, byte_count = 0.0, 0
        self.model.eval()
        for at in range(0, len(own), o["batch_size"]):
            ids, targets = self.dataset.windows(self.dataset.val, own[at : at + o["batch_size"]])
            with self.autocast():
                loss_sum += self.model(ids.to(self.device), targets.to(self.device)).item() * len(ids)
            byte_count += self.dataset.bytes_of(targets)
        loss_sum, byte_count = self.total(loss_sum, byte_count)
        loss, tokens = loss_sum / len(starts), len(starts) * self.config.seq_len
        self.require_finite(loss)
        self.info.update(val_loss=loss, val_bits_per_byte=loss / math.log(2) * tokens / byte_count, val_step=self.step)
        best = self.info.get("best_val_loss")
        if o["patience"] > 0 and (best is None or loss < best):
            self.info.update({f"best_{name}": self.info[name] for name in LOSSES}, best_step=self.step, restored_best=False)
            self.best = self.copy_of_trained()
        self.report("eval")

    def ends_early(self):
        wait = self.options["patience"] * self.options["eval_every"]
        since = max(self.info.get("best_step", 0), self.info.get("patience_from", 0))
        return wait > 0 and self.info.get("best_val_loss") is not None and self.step - since >= wait

    def finish(self):
        """The run has ended: the weights that validated best are the result."""
        if self.best and self.info["best_step"] != self.step:
            self.model.load_state_dict(self.best, strict=False)
            self.info.update({name: self.info[f"best_{name}"] for name in LOSSES}, restored_best=True)
        else:  # an ended run that is extended would otherwise end again at once
            self.info["patience_from"] = self.step

    # Saving and reporting

    def save(self):
        if RANK > 0:
            return
        o, passes = self.options, self.step * self.options["grad_accum"]
        self.info.update(step=self.step, options=o, data_position=passes * o["batch_size"])
        self.info["rng"] = {"generator": "philox4x32-10", "seed": o["seed"], "counter": passes}
        is_other = self.info.get("best_step") != self.step and not self.info.get("restored_best")
        best = self.best if is_other else {}
        weights, moments = self.model.state_dict(), self.optimizers.state()
        write_checkpoint(
            self.arguments.out, Checkpoint(self.config, self.tokenizer, weights, self.info, moments, best)
        )

    def report(self, event, **more):
        if RANK > 0:
            return
        facts = {"event": event, "step": self.step, "max_steps": self.options["max_steps"]}
        facts.update({name: self.info.get(name) for name in LOSSES}, **more)
        if self.arguments.json:
            print(json.dumps(facts), flush=True)
        elif event == "step":
            print(f"step {self.step}: loss {facts['train_loss']:.4f}, {more['tokens_per_s']:.0f} tokens/s", flush=True)
        elif event == "eval":
            bits = facts["val_bits_per_byte"]
            print(f"step {self.step}: validation loss {facts['val_loss']:.4f} ({bits:.4f} bits per byte)", flush=True)

    def save_due(self, is_after_evaluation):
        every = self.arguments.save_every
        return self.step % every == 0 and not is_after_evaluation if every > 0 else is_after_evaluation

    def ask_to_stop(self, *_):
        self.asked_to_stop = True

    def train(self):
        for name in (signal.SIGINT, signal.SIGTERM):  # Ctrl-C; torchrun and schedulers
            signal.signal(name, self.ask_to_stop)
        while True:
            is_evaluation = self.evaluation_due()
            if is_evaluation:
                self.evaluate()
            elif self.step >= self.options["max_steps"] or self.ends_early():
                self.finish()
                break
            elif self.stopping or self.step == self.arguments.stop_at_step:
                break
            else:
                self.run_step()
            if self.save_due(is_evaluation):
                self.save()
        self.save()
        self.report("done")
        if PROCESSES > 1:
            dist.barrier()
            dist.destroy_process_group()


if __name__ == "__main__":
    try:
        Run(parse_arguments()).train()
    except Refused as refused:
        raise SystemExit(f"train.py: {refused}" if LOCAL_RANK == 0 else 1) from None
