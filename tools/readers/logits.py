"""PyTorch's logits of an exported Hugging Face folder: logits.py FOLDER < [[id, …], …] prints one list of rows for each.

The model is the plain PyTorch one of research/goldens, in float64. The package safetensors reads the weights; Debian 12 has none,
so there examples/distributed does.
"""

import json
import pathlib
import sys

import torch

CHECKOUT = pathlib.Path(__file__).parents[2]
sys.path[:0] = [str(CHECKOUT / "research" / "goldens"), str(CHECKOUT / "examples" / "distributed")]
import make_golden  # noqa: E402

try:
    from safetensors.torch import load_file
except ModuleNotFoundError:
    from checkpoint import read_safetensors

    def load_file(path):
        return read_safetensors(path)[0]


FIELDS = {
    "GPT2LMHeadModel": (make_golden.Gpt2, "n_layer", {"heads": "n_head", "width": "n_embd"}),
    "Qwen3ForCausalLM": (
        make_golden.Qwen3,
        "num_hidden_layers",
        {"heads": "num_attention_heads", "kv_heads": "num_key_value_heads", "width": "hidden_size"},
    ),
}


def load(folder):
    config = json.loads((folder / "config.json").read_text())
    kind, layers, fields = FIELDS[config["architectures"][0]]
    make_golden.LAYERS = config[layers]
    model = kind()
    for name, field in fields.items():
        setattr(model, name, config[field])
    weights = {name: values.double() for name, values in load_file(folder / "model.safetensors").items()}
    return model, weights


model, weights = load(pathlib.Path(sys.argv[1]))
with torch.no_grad():
    rows = [model.forward(weights, torch.tensor([ids]))[0].tolist() for ids in json.load(sys.stdin)]
print(json.dumps(rows))
