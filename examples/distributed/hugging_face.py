"""Reads a folder of Hugging Face: config.json, *.safetensors and tokenizer.json of a GPT-2 or Qwen3 model.

    python3 hugging_face.py FOLDER model.safetensors    # a model file that mini-llm opens
"""

import json
import pathlib
import sys

from checkpoint import Checkpoint, Refused, new_info, read_safetensors, write_checkpoint
from model import Config
from tokenizer import LARGEST_VOCABULARY, Tokenizer

# What mini-llm computes; a config that says otherwise belongs to another model. (key, allowed values, if absent)
GPT2_FACTS = [
    ("activation_function", ("gelu_new", "gelu_pytorch_tanh"), "gelu_new"),
    ("layer_norm_epsilon", (1e-5,), 1e-5),
    ("tie_word_embeddings", (True,), True),
    ("scale_attn_weights", (True,), True),
    ("scale_attn_by_inverse_layer_idx", (False,), False),
]
QWEN3_FACTS = [
    ("hidden_act", ("silu",), "silu"),
    ("rms_norm_eps", (1e-6,), 1e-6),
    ("tie_word_embeddings", (True,), False),
    ("attention_bias", (False,), False),
]


def require_facts(config, facts):
    for key, allowed, absent in facts:
        value = config.get(key, absent)
        if value not in allowed:
            raise Refused(f"config.json says {key} {value!r}, but mini-llm's models have {allowed[0]!r}.")


def gpt2_config(c):
    require_facts(c, GPT2_FACTS)
    return Config("gpt2", c["vocab_size"], c["n_positions"], c["n_layer"], c["n_head"], c["n_embd"],
                  n_inner=c.get("n_inner") or 0)  # fmt: skip


def qwen3_config(c):
    require_facts(c, QWEN3_FACTS)
    heads = c["num_attention_heads"]
    rope = c.get("rope_parameters") or c
    seq_len = c["sliding_window"] if c.get("use_sliding_window") else c["max_position_embeddings"]
    return Config("qwen3", c["vocab_size"], seq_len, c["num_hidden_layers"], heads, c["hidden_size"],
                  c["num_key_value_heads"], c["intermediate_size"], rope.get("rope_theta", 10000.0), head_dim=c.get("head_dim") or 128)  # fmt: skip


CONFIGS = {"gpt2": gpt2_config, "qwen3": qwen3_config}


def byte_characters():
    """GPT-2's visible character for each byte: its own where it has one that is no space."""
    visible = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in visible]
    return [chr(byte if byte in visible else 256 + others.index(byte)) for byte in range(256)]


def read_tokenizer(text):
    """(the tokenizer, for each of its ids the one in the folder)."""
    data = json.loads(text)
    model, splits = data["model"], data["pre_tokenizer"] or {}
    if model["type"] != "BPE" or splits.get("type") != "ByteLevel" or splits.get("add_prefix_space"):
        raise Refused("tokenizer.json does not split texts as GPT-2 does; train this folder with transformers instead.")
    tokens, pairs = byte_characters(), []
    ids = {token: id for id, token in enumerate(tokens)}
    for merge in model["merges"]:
        first, second = merge.split(" ") if isinstance(merge, str) else merge
        pairs.append((ids[first], ids[second]))
        ids[first + second] = len(tokens)
        tokens.append(first + second)
    if len(tokens) > LARGEST_VOCABULARY:
        raise Refused(f"tokenizer.json has {len(tokens)} tokens, and mini-llm's tokenizer at most {LARGEST_VOCABULARY}.")
    missing = [token for token in tokens if token not in model["vocab"]]
    if missing:
        raise Refused(f"tokenizer.json has no id for {missing[0]!r}; every byte and every merge needs one.")
    return Tokenizer(pairs), [model["vocab"][token] for token in tokens]


def read_weights(folder):
    weights = {}
    for path in sorted(folder.glob("*.safetensors")):
        weights.update(read_safetensors(path)[0])
    if not weights:
        raise Refused(f"{folder} holds no .safetensors file; save the model with safetensors.")
    is_mask = lambda name: name.endswith((".attn.bias", ".attn.masked_bias"))  # of old GPT-2 files
    names = {name: name[len("transformer.") :] if name.startswith("transformer.") else name for name in weights}
    return {new: weights[old] for old, new in names.items() if new != "lm_head.weight" and not is_mask(new)}


def read_folder(folder):
    folder = pathlib.Path(folder)
    for name in ("config.json", "tokenizer.json"):
        if not (folder / name).exists():
            raise Refused(f"{folder} has no {name}, which a model folder of Hugging Face needs.")
    facts = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    if facts.get("model_type") not in CONFIGS:
        raise Refused(f"config.json says model_type {facts.get('model_type')!r}; only gpt2 and qwen3 can be read.")
    config = CONFIGS[facts["model_type"]](facts)
    tokenizer, order = read_tokenizer((folder / "tokenizer.json").read_text(encoding="utf-8"))
    weights = read_weights(folder)
    # The embedding's rows in our order of tokens. Tokens that are not bytes or merges, such as <|endoftext|>, are left out.
    embedding = "wte.weight" if config.arch == "gpt2" else "model.embed_tokens.weight"
    if embedding in weights:
        weights[embedding] = weights[embedding][order]
    config.vocab_size = tokenizer.vocab_size
    return Checkpoint(config, tokenizer, weights)


if __name__ == "__main__":
    try:
        found = read_folder(sys.argv[1])
    except Refused as refused:
        sys.exit(f"hugging_face.py: {refused}")
    found.info = new_info(found)
    write_checkpoint(sys.argv[2], found)
