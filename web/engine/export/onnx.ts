// Folders with an ONNX file: for onnxruntime, and as transformers.js expects them.

import { configFiles } from './hf.ts';
import { modelCard } from './model-card.ts';
import type { ExportedFile, ExportSource } from './source.ts';

/** Hugging Face's names of the types of numbers, and of their files. */
const TYPES: Readonly<Record<string, { file: string; dtype: string; about: string }>> = {
  f32: {
    file: 'model.onnx',
    dtype: 'fp32',
    about: 'The weights are float32, as they were trained.',
  },
  q8: {
    file: 'model_quantized.onnx',
    dtype: 'q8',
    about: 'Matrices are int8 numbers with a scale for each output; the runtime computes in float32.',
  },
};

/** As Optimum lays it out, with the model beside its configuration. */
export function onnxFolder(source: ExportSource): ExportedFile[] {
  return [
    ...configFiles(source),
    { name: TYPES[source.type]!.file, content: onnx(source) },
    { name: 'README.md', content: modelCard(source, 'onnx', useOnnxruntime(source)) },
  ];
}

export function transformersJsFolder(source: ExportSource): ExportedFile[] {
  const { file, dtype } = TYPES[source.type]!;
  return [
    // Without it browsers would look for the quantized file, and Node for the other one.
    ...configFiles(source, {
      config: { 'transformers.js_config': { dtype } },
      // The last byte, which UTF-8 never has: texts of different lengths are padded with it, and masked.
      tokenizer: { pad_token: 'ÿ' },
    }),
    { name: `onnx/${file}`, content: onnx(source) },
    { name: 'README.md', content: modelCard(source, 'transformers.js', useTransformersJs(source)) },
  ];
}

function onnx({ model, name, type }: ExportSource): Uint8Array<ArrayBuffer> {
  return model.onnx(name, type === 'q8');
}

function useOnnxruntime({ info, type }: ExportSource): string {
  const { n_layer, n_kv_head, head_dim, seq_len } = info.config;
  const { file, about } = TYPES[type]!;
  return `\`\`\`python
import numpy as np
import onnxruntime
from tokenizers import Tokenizer

tokenizer = Tokenizer.from_file('tokenizer.json')
session = onnxruntime.InferenceSession('${file}')
names = [output.name for output in session.get_outputs()]
cache = {
    f'past_key_values.{layer}.{part}': np.zeros((1, ${n_kv_head}, 0, ${head_dim}), np.float32)
    for layer in range(${n_layer})
    for part in ('key', 'value')
}
ids = new = tokenizer.encode('Once').ids
while len(ids) < ${seq_len}:
    inputs = {
        'input_ids': np.array([new], np.int64),
        'attention_mask': np.ones((1, len(ids)), np.int64),
        'position_ids': np.arange(len(ids) - len(new), len(ids), dtype=np.int64)[None],
    }
    outputs = dict(zip(names, session.run(None, {**inputs, **cache})))
    new = [int(outputs.pop('logits')[0, -1].argmax())]
    ids = ids + new
    cache = {name.replace('present', 'past_key_values'): value for name, value in outputs.items()}
print(tokenizer.decode(ids))
\`\`\`

Batches of texts are padded on the left, where \`attention_mask\` is 0; positions count from each text’s
first token.

${about}`;
}

function useTransformersJs({ info, type }: ExportSource): string {
  const { seq_len } = info.config;
  return `\`\`\`js
import { env, pipeline } from '@huggingface/transformers';

env.allowLocalModels = true;
env.allowRemoteModels = false;
env.localModelPath = '/models/'; // what holds this folder, here FOLDER: an address in a page, a path in Node
const generator = await pipeline('text-generation', 'FOLDER');
const [{ generated_text }] = await generator('Once', { max_new_tokens: ${Math.ceil(seq_len / 2)} });
\`\`\`

In a page, transformers.js fetches onnxruntime’s WebAssembly from a public server, unless
\`env.backends.onnx.wasm.wasmPaths\` names a copy of yours.

${TYPES[type]!.about}`;
}
