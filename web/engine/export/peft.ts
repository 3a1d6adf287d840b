// A folder with a LoRA adapter, as PEFT reads it.

import type { CheckpointInfo } from '../checkpoint-info.ts';
import { jsonText, type ExportedFile, type ExportSource } from './source.ts';

export function peftFolder({ engine, file, info, name }: ExportSource): ExportedFile[] {
  const adapter = engine.saveAdapter(file);
  return [
    {
      name: 'adapter_config.json',
      content: jsonText(adapterConfig(info, modulesOf(engine.checkpointInfo(adapter)))),
    },
    { name: 'adapter_model.safetensors', content: adapter },
    { name: 'README.md', content: readme(name) },
  ];
}

/** The names of the layers with factors, as PEFT compares them with the ends of its own: "c_attn". */
function modulesOf({ tensors }: CheckpointInfo): string[] {
  return [...new Set(tensors.flatMap(({ name }) => /(\w+)\.lora_A\.weight$/.exec(name)?.[1] ?? []))];
}

function adapterConfig({ config, options }: CheckpointInfo, target_modules: readonly string[]): object {
  const { lora_rank: r, lora_alpha, freeze_layers } = options!;
  const trained = Array.from({ length: config.n_layer - freeze_layers }, (_, i) => freeze_layers + i);
  return {
    peft_type: 'LORA',
    task_type: 'CAUSAL_LM',
    base_model_name_or_path: null,
    r,
    lora_alpha,
    lora_dropout: 0,
    bias: 'none',
    target_modules,
    ...(freeze_layers > 0 ? { layers_to_transform: trained } : {}),
    // GPT-2's Conv1D stores its matrices [in, out].
    fan_in_fan_out: config.arch === 'gpt2',
    inference_mode: true,
  };
}

function readme(name: string): string {
  return `---
library_name: peft
tags:
  - mini-llm
---

# ${name}

A LoRA adapter, trained by mini-llm. It works with the model that it was trained on: export that one with
\`mini-llm export BASE.safetensors --to hf\`, and put the folder's name into \`base_model_name_or_path\` of
\`adapter_config.json\`.

\`\`\`python
from peft import PeftModel
from transformers import AutoModelForCausalLM

model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained('BASE-hf'), '.')
\`\`\`

In mini-llm: \`mini-llm generate BASE.safetensors --adapter adapter_model.safetensors\`.
`;
}
