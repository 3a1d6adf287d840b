"""The options of a run, with mini-llm's names, defaults and meanings, and the command line."""

import argparse

from checkpoint import Refused

# The defaults of a run that begins from a model's weights.
DEFAULTS = {
    "batch_size": 12,  # sequences in a micro-batch, of all processes together
    "grad_accum": 1,  # micro-batches whose gradients are averaged into one step
    "max_steps": 1600,  # where the learning rate reaches min_lr
    "lr": 0.004,
    "min_lr": 0.0004,
    "warmup_steps": 10,
    "embedding_init": "pairs",  # kept for mini-llm
    "schedule": "linear",
    "decay_fraction": 0.2,
    "optimizer": "muon",
    "muon_lr": 0.004,
    "weight_decay": 0.3,
    "beta1": 0.8,
    "beta2": 0.99,
    "grad_clip": 1.0,
    "dropout": 0.0,
    "softmax_tokens": 512,  # kept for mini-llm
    "eval_stride": 0,  # kept for mini-llm
    "val_fraction": 0.1,
    "eval_every": 100,
    "eval_batches": 20,
    "patience": 5,
    "seed": 1337,
    "freeze_layers": 0,
    "lora_rank": 0,
    "lora_alpha": 16.0,
}
# What a saved run did that does not know the option.
WHEN_ABSENT = {
    "schedule": "cosine",
    "optimizer": "adamw",
    "muon_lr": 0.02,
    "patience": 0,
    "softmax_tokens": 0,
    "embedding_init": "random",
}
CHOICES = {"schedule": ("cosine", "linear", "wsd"), "optimizer": ("adamw", "muon")}
# A run that goes on cannot change what its optimizer's state holds; LoRA, sampled tokens and overlapping windows are not
# implemented here.
FIXED = ("optimizer", "freeze_layers")
NOT_HERE = ("lora_rank", "lora_alpha", "softmax_tokens", "eval_stride", "embedding_init")


def parse_arguments():
    parser = argparse.ArgumentParser(description="Trains a model of mini-llm on, in one process or under torchrun in many.")
    add = parser.add_argument
    add("text", help="the text to train on, in UTF-8")
    start = parser.add_mutually_exclusive_group(required=True)
    start.add_argument("--resume", metavar="FILE", help="continue a saved run; flags replace the saved options")
    start.add_argument("--init_from", metavar="MODEL", help="begin a new run from a model: a file, or a Hugging Face folder")
    add("--out", metavar="FILE", help="save the run here [the file of --resume]")
    add("--save_every", type=int, default=0, metavar="STEPS", help="steps between two saves; 0: after each validation")
    add("--stop_at_step", type=int, help="save and stop after this step; the schedule stays")
    add("--device", choices=("cuda", "cpu"), help="[cuda if there is a GPU]")
    add("--dtype", choices=("float32", "bfloat16"), default="float32", help="of matrix products; weights stay float32")
    add("--json", action="store_true", help="print every event as one line of JSON")
    for name, value in DEFAULTS.items():
        if name not in NOT_HERE:
            add(f"--{name}", type=type(value), choices=CHOICES.get(name), help=f"[{value}, or the saved run's]")
    arguments = parser.parse_args()
    arguments.out = arguments.out or arguments.resume
    if not arguments.out:
        parser.error("--out is missing: the file to save the run in")
    return arguments


def given_options(arguments):
    values = vars(arguments)
    return {name: values[name] for name in DEFAULTS if values.get(name) is not None}


def new_options(given):
    """As mini-llm's --init_from: min_lr and muon_lr follow lr."""
    lr = given.get("lr", DEFAULTS["lr"])
    return {**DEFAULTS, "min_lr": lr / 10, "muon_lr": lr, **given}


def resumed_options(saved, given):
    options = {**DEFAULTS, **WHEN_ABSENT, **saved}
    for name in FIXED:
        if given.get(name, options[name]) != options[name]:
            raise Refused(f"--{name} is {options[name]} in the saved run and cannot become {given[name]}; leave it out.")
    if options["lora_rank"] > 0:
        raise Refused("This run trains a LoRA adapter, which this program cannot; begin a new run with --init_from.")
    return {**options, **given}


def require_sensible(options, processes):
    for name in ("batch_size", "grad_accum", "max_steps"):
        if options[name] < 1:
            raise Refused(f"--{name} must be at least 1, not {options[name]}.")
    if options["min_lr"] > options["lr"]:
        raise Refused(f"--min_lr ({options['min_lr']}) must not be above --lr ({options['lr']}).")
    if options["batch_size"] < processes:
        raise Refused(
            f"A batch of {options['batch_size']} sequences cannot be split among {processes} processes; give a "
            f"--batch_size of at least {processes}."
        )
