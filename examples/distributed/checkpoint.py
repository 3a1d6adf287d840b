"""mini-llm's model files: safetensors with the weights under Hugging Face's names, the optimizer's state as
"optimizer.exp_avg.NAME" and the like, and everything else as JSON in the metadata key "mini_llm".
"""

import json
import math
import mmap
import os
import struct
from dataclasses import asdict, dataclass, field

import torch

from model import Config
from tokenizer import Tokenizer

LOSSES = ("train_loss", "val_loss", "train_bits_per_byte", "val_bits_per_byte")

DTYPES = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}


class Refused(Exception):
    """One sentence that says what is wrong and what to do."""


def read_safetensors(path):
    """(tensors by name as float32, metadata). Tensors of other types than floats are left out."""
    with open(path, "rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    (length,) = struct.unpack_from("<Q", mapped)
    if length > len(mapped) - 8:
        raise Refused(f"{path} is not a safetensors file, or its end is missing.")
    header = json.loads(mapped[8 : 8 + length])
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        dtype, shape, (begin, end) = DTYPES.get(entry["dtype"]), entry["shape"], entry["data_offsets"]
        if dtype is None:
            continue
        if 8 + length + end > len(mapped):
            raise Refused(f"{path} ends within the tensor {name}; copy the whole file.")
        flat = torch.frombuffer(mapped, dtype=dtype, count=math.prod(shape), offset=8 + length + begin)
        tensors[name] = flat.to(torch.float32, copy=True).view(shape)
    return tensors, metadata


def write_safetensors(path, tensors, metadata):
    """Replaces the file as a whole: after a crash it is the old one or the new one."""
    header, at = {"__metadata__": {**metadata, "format": "pt"}}, 0
    for name, tensor in tensors.items():
        begin, at = at, at + 4 * tensor.numel()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [begin, at]}
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    partial = f"{path}.partial"
    with open(partial, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for tensor in tensors.values():
            data = bytearray(4 * tensor.numel())
            torch.frombuffer(data, dtype=torch.float32).copy_(tensor.detach().flatten())
            file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(partial, path)
    folder = os.open(os.path.dirname(os.path.abspath(path)), os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


@dataclass
class Checkpoint:
    config: Config
    tokenizer: Tokenizer
    weights: dict
    info: dict = field(default_factory=dict)  # the JSON: options, step, losses …; empty in a folder of Hugging Face
    optimizer: dict = field(default_factory=dict)
    best: dict = field(default_factory=dict)  # with early stopping, the trained tensors that validated best


def take(tensors, prefix):
    """Removes the tensors with this prefix and returns them without it."""
    return {name[len(prefix) :]: tensors.pop(name) for name in list(tensors) if name.startswith(prefix)}


def read_checkpoint(path):
    tensors, metadata = read_safetensors(path)
    if "mini_llm" not in metadata:
        raise Refused(
            f"{path} has no mini_llm metadata, so another program wrote it or saved it again without them; give a file "
            "that mini-llm has saved, or a folder of Hugging Face with config.json and tokenizer.json."
        )
    info = json.loads(metadata["mini_llm"])
    if info["version"] != 1 or "kind" in info:
        raise Refused(f"{path} is an adapter or of a newer version; give a whole model.")
    shape = dict(info["config"])
    shape.setdefault("seq_len", shape.pop("max_len", None))  # its name in older files
    config = Config(**shape)
    if not config.tie_word_embeddings or "extra_tokens" in info or info.get("split", "gpt2") != "gpt2":
        raise Refused(
            f"{path} was opened from another program and has a head of its own, extra tokens or another split, which this "
            "program does not have; train it with mini-llm or with transformers."
        )
    optimizer, best = take(tensors, "optimizer."), take(tensors, "best.")
    return Checkpoint(config, Tokenizer(info.get("merges", ())), tensors, info, optimizer, best)


def write_checkpoint(path, checkpoint):
    tensors = dict(checkpoint.weights)
    tensors.update({f"optimizer.{name}": tensor for name, tensor in checkpoint.optimizer.items()})
    tensors.update({f"best.{name}": tensor for name, tensor in checkpoint.best.items()})
    text = json.dumps(checkpoint.info, sort_keys=True, separators=(",", ":"), allow_nan=False)
    write_safetensors(path, tensors, {"mini_llm": text})


def new_info(checkpoint):
    """The JSON of a model that has not been trained here: what does not depend on a run."""
    config, tokenizer = checkpoint.config, checkpoint.tokenizer
    info = {"version": 1, "tokenizer": tokenizer.name, "config": asdict(config)}
    if tokenizer.merges:
        info["merges"] = tokenizer.merges
    info.update({"max_len": config.seq_len, "vocab_size": config.vocab_size, "step": 0, "val_step": 0})
    return {**info, **dict.fromkeys(LOSSES), "corpus_sha256": ""}
