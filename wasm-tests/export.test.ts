// The files of each format beside the weights, as their readers' documentation describes them. export-readers.test.ts opens
// those of readers that run here.

import type { Engine } from '../web/engine/engine.ts';
import { exportModel, type Exported, type ExportRequest } from '../web/engine/export/export.ts';
import { EXPORT_FORMATS, type ExportFormat } from '../web/engine/export/formats.ts';
import { SLOTS } from '../web/engine/export/model-page.ts';
import { makeCorpus } from '../web/engine/corpus.ts';
import type { Options } from '../web/engine/options.ts';
import { prepareFinetune } from '../web/engine/prepare.ts';
import { fingerprint, sharedEngine, tiny, trained, trainedPastBest } from './helpers/engine.ts';
import { english } from './helpers/texts.ts';
import { unzipped } from './helpers/zip.ts';

const TEXT = english(4000);

let engine: Engine;
beforeAll(async () => (engine = await sharedEngine()));

async function saved(options: Partial<Options> = {}): Promise<Uint8Array> {
  const { run } = await trained(engine, TEXT, tiny(options));
  const file = run.save();
  await run.delete();
  return file;
}

function filesOf({ files }: Exported): Record<string, Uint8Array | string> {
  return Object.fromEntries(files.map(({ name, content }) => [name, content]));
}

function exported(
  file: Uint8Array,
  request: Omit<ExportRequest, 'name'>,
): Record<string, Uint8Array | string> {
  return filesOf(exportModel(engine, file, { name: 'mine', ...request }));
}

function json(text: Uint8Array | string | undefined): Record<string, unknown> {
  return JSON.parse(text as string) as Record<string, unknown>;
}

/** The shapes of the tensors in a safetensors file. */
function shapesOf(file: Uint8Array): Record<string, readonly number[]> {
  return Object.fromEntries(engine.checkpointInfo(file).tensors.map(({ name, shape }) => [name, shape]));
}

/** Of transformers' GPT2LMHeadModel with one layer, 256 tokens, context and width 16; its Conv1D are [in, out]. */
const GPT2_SHAPES = {
  'wte.weight': [256, 16],
  'wpe.weight': [16, 16],
  'h.0.ln_1.weight': [16],
  'h.0.ln_1.bias': [16],
  'h.0.attn.c_attn.weight': [16, 48],
  'h.0.attn.c_attn.bias': [48],
  'h.0.attn.c_proj.weight': [16, 16],
  'h.0.attn.c_proj.bias': [16],
  'h.0.ln_2.weight': [16],
  'h.0.ln_2.bias': [16],
  'h.0.mlp.c_fc.weight': [16, 64],
  'h.0.mlp.c_fc.bias': [64],
  'h.0.mlp.c_proj.weight': [64, 16],
  'h.0.mlp.c_proj.bias': [16],
  'ln_f.weight': [16],
  'ln_f.bias': [16],
};

/** Of transformers' Qwen3ForCausalLM with one layer, width 32, four heads of 8 and two key-value heads; all [out, in]. */
const QWEN3_SHAPES = {
  'model.embed_tokens.weight': [256, 32],
  'model.layers.0.input_layernorm.weight': [32],
  'model.layers.0.self_attn.q_proj.weight': [32, 32],
  'model.layers.0.self_attn.k_proj.weight': [16, 32],
  'model.layers.0.self_attn.v_proj.weight': [16, 32],
  'model.layers.0.self_attn.o_proj.weight': [32, 32],
  'model.layers.0.self_attn.q_norm.weight': [8],
  'model.layers.0.self_attn.k_norm.weight': [8],
  'model.layers.0.post_attention_layernorm.weight': [32],
  'model.layers.0.mlp.gate_proj.weight': [128, 32],
  'model.layers.0.mlp.up_proj.weight': [128, 32],
  'model.layers.0.mlp.down_proj.weight': [32, 128],
  'model.norm.weight': [32],
};

describe('hf', () => {
  test('of gpt2 has the fields that transformers, MLX and llama.cpp read', async () => {
    const files = exported(await saved(), { to: 'hf' });
    expect(json(files['config.json'])).toEqual({
      architectures: ['GPT2LMHeadModel'],
      model_type: 'gpt2',
      vocab_size: 256,
      n_positions: 16,
      n_ctx: 16,
      n_embd: 16,
      n_layer: 1,
      n_head: 2,
      n_inner: 64,
      activation_function: 'gelu_new',
      layer_norm_epsilon: 1e-5,
      attn_pdrop: 0,
      embd_pdrop: 0,
      resid_pdrop: 0,
      bos_token_id: null,
      eos_token_id: null,
      pad_token_id: null,
      tie_word_embeddings: true,
      dtype: 'float32',
      torch_dtype: 'float32',
    });
    expect(json(files['generation_config.json'])).toMatchObject({ eos_token_id: null, max_length: 16 });
    expect(json(files['tokenizer_config.json'])).toMatchObject({
      tokenizer_class: 'PreTrainedTokenizerFast',
      model_max_length: 16,
      clean_up_tokenization_spaces: false,
    });
  });

  test('of qwen3 states what its defaults would get wrong', async () => {
    const file = await saved({ arch: 'qwen3', n_head: 4, n_kv_head: 2, n_embd: 32 });
    expect(json(exported(file, { to: 'hf' })['config.json'])).toEqual({
      architectures: ['Qwen3ForCausalLM'],
      model_type: 'qwen3',
      vocab_size: 256,
      hidden_size: 32,
      intermediate_size: 128,
      num_hidden_layers: 1,
      num_attention_heads: 4,
      num_key_value_heads: 2,
      head_dim: 8,
      hidden_act: 'silu',
      rms_norm_eps: 1e-6,
      max_position_embeddings: 16,
      attention_bias: false,
      attention_dropout: 0,
      rope_theta: 10000,
      rope_parameters: { rope_type: 'default', rope_theta: 10000 },
      use_sliding_window: true,
      sliding_window: 16,
      max_window_layers: 0,
      bos_token_id: null,
      eos_token_id: null,
      pad_token_id: null,
      tie_word_embeddings: true,
      dtype: 'float32',
      torch_dtype: 'float32',
    });
  });

  test.each([
    [{}, GPT2_SHAPES],
    [{ arch: 'qwen3', n_head: 4, n_kv_head: 2, n_embd: 32 }, QWEN3_SHAPES],
  ] as const)('has the published names and shapes of tensors (%o)', async (options, shapes) => {
    const weights = exported(await saved(options), { to: 'hf' })['model.safetensors'] as Uint8Array;
    expect(shapesOf(weights)).toEqual(shapes);
  });

  test('holds the model’s tensors only, and mini-llm opens it', async () => {
    const file = await saved();
    const weights = exported(file, { to: 'hf' })['model.safetensors'] as Uint8Array;
    using from = engine.loadModel(file);
    using opened = engine.loadModel(weights);
    expect(fingerprint(opened.save())).toBe(fingerprint(from.save()));
  });

  test('has a model card with the run’s options, its text and its loss', async () => {
    const file = await saved({ max_steps: 20, seed: 4711 });
    const info = engine.checkpointInfo(file);
    const card = exported(file, { to: 'hf' })['README.md'] as string;
    expect(card).toMatch(/^---\nlibrary_name: transformers\n/);
    expect(card).toContain('# mine\n');
    expect(card).toContain('of step 20; the run has 20 of 20 steps');
    expect(card).toContain(`SHA-256 \`${info.corpus_sha256}\``);
    expect(card).toContain(`${info.val_bits_per_byte!.toFixed(3)} bits per byte`);
    expect(card).toContain('"seed": 4711');
    using model = engine.loadModel(file);
    expect(exported(model.save(), { to: 'hf' })['README.md']).toContain('the weights alone');
  });
});

describe('gguf', () => {
  test('comes with a Modelfile and a page on how to open it', async () => {
    const files = exported(await saved(), { to: 'gguf' });
    expect(Object.keys(files)).toEqual(['mine-f32.gguf', 'Modelfile', 'README.md']);
    expect(files['Modelfile']).toBe(
      'FROM ./mine-f32.gguf\nTEMPLATE "{{ .Prompt }}"\nPARAMETER num_ctx 16\nPARAMETER num_predict 16\n' +
        'PARAMETER stop "<|endoftext|>"\n',
    );
    for (const part of [
      '-m mine-f32.gguf -c 16',
      'ollama create mine -f Modelfile',
      '~/.lmstudio/models/mini-llm/mine/mine-f32.gguf',
      'Do not open it with a larger context than 16',
    ])
      expect(files['README.md']).toContain(part);
  });

  test('with q8_0 is a quarter as large, and says which rows stay float32', async () => {
    const file = await saved({ n_embd: 64, n_layer: 4 });
    const [whole, small] = ['f32', 'q8_0'].map((type) => exported(file, { to: 'gguf', type }));
    const sizeOf = (bytes: unknown): number => (bytes as Uint8Array).length;
    expect(sizeOf(small!['mine-q8_0.gguf'])).toBeLessThan(0.32 * sizeOf(whole!['mine-f32.gguf']));
    expect(small!['README.md']).not.toContain('no multiple of 32');
    const odd = exported(await saved({ n_embd: 36, n_head: 1 }), { to: 'gguf', type: 'q8_0' });
    expect(odd['README.md']).toContain('Rows that are no multiple of 32 (n_embd 36) stay float32.');
  });
});

describe('onnx and transformers.js', () => {
  test.each([
    ['onnx', 'f32', 'model.onnx'],
    ['onnx', 'q8', 'model_quantized.onnx'],
    ['transformers.js', 'f32', 'onnx/model.onnx'],
    ['transformers.js', 'q8', 'onnx/model_quantized.onnx'],
  ] as const)('%s with %s names its file as Hugging Face does', async (to, type, name) => {
    const files = exported(await saved(), { to, type });
    expect(files[name]).toBeInstanceOf(Uint8Array);
    expect(files['README.md']).toMatch(new RegExp(`^---\\nlibrary_name: ${to}\\n`));
    expect(files['README.md']).toContain('Validation loss');
  });

  test('transformers.js finds the type in config.json, and pads with a byte that no text has', async () => {
    const file = await saved();
    for (const [type, dtype] of [
      ['f32', 'fp32'],
      ['q8', 'q8'],
    ] as const) {
      const files = exported(file, { to: 'transformers.js', type });
      expect(json(files['config.json'])).toEqual({
        ...json(exported(file, { to: 'hf' })['config.json']),
        'transformers.js_config': { dtype },
      });
      const { vocab } = json(files['tokenizer.json'])['model'] as { vocab: Record<string, number> };
      expect(vocab[json(files['tokenizer_config.json'])['pad_token'] as string]).toBe(255);
    }
  });

  test('q8 is a quarter as large', async () => {
    const file = await saved({ n_embd: 64, n_layer: 4 });
    const [whole, small] = ['f32', 'q8'].map((type) =>
      Object.values(exported(file, { to: 'onnx', type })).find((content) => typeof content !== 'string'),
    );
    expect(small!.length).toBeLessThan(0.32 * whole!.length);
  });
});

test('npz holds every tensor', async () => {
  const file = await saved();
  const archive = exported(file, { to: 'npz' })['mine.npz'] as Uint8Array;
  using model = engine.loadModel(file);
  const { tensors } = engine.checkpointInfo(model.save());
  expect([...unzipped(archive).keys()].sort()).toEqual(tensors.map(({ name }) => `${name}.npy`).sort());
});

/** The file of a finished fine-tuning. */
function finetuned(base: Uint8Array, options: Partial<Options>): Uint8Array {
  const { trainer } = prepareFinetune(engine, base, options, makeCorpus(TEXT));
  while (trainer.advance(1e3).kind !== 'done') continue;
  const file = trainer.save();
  trainer.delete();
  return file;
}

/** PEFT's factors A [r, in] and B [out, r] of the second block's matrices. */
function peftShapes(
  weights: Record<string, readonly number[]>,
  modules: readonly string[],
  r: number,
  fan_in_fan_out: boolean,
): Record<string, number[]> {
  const matrices = Object.entries(weights).filter(([name]) =>
    modules.some((module) => name.includes('.1.') && name.endsWith(`.${module}.weight`)),
  );
  return Object.fromEntries(
    matrices.flatMap(([name, [rows = 0, columns = 0]]) => {
      const [inputs, outputs] = fan_in_fan_out ? [rows, columns] : [columns, rows];
      const module = `base_model.model.${fan_in_fan_out ? 'transformer.' : ''}${name.replace(/\.weight$/, '')}`;
      return [
        [`${module}.lora_A.weight`, [r, inputs]],
        [`${module}.lora_B.weight`, [outputs, r]],
      ];
    }),
  );
}

describe('peft', () => {
  test.each([
    ['gpt2', true, ['c_attn', 'c_proj', 'c_fc']],
    ['qwen3', false, ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj']],
  ] as const)('of %s has PEFT’s fields and names', async (arch, fan_in_fan_out, modules) => {
    const base = await saved({ arch, n_layer: 2 });
    const options = { lora_rank: 2, lora_alpha: 8, freeze_layers: 1, max_steps: 3 };
    const files = exported(finetuned(base, options), { to: 'peft' });
    const config = json(files['adapter_config.json']);
    expect(config).toMatchObject({
      peft_type: 'LORA',
      task_type: 'CAUSAL_LM',
      r: 2,
      lora_alpha: 8,
      lora_dropout: 0,
      bias: 'none',
      fan_in_fan_out,
      layers_to_transform: [1],
      base_model_name_or_path: null,
    });
    expect(new Set(config['target_modules'] as string[])).toEqual(new Set(modules));
    const adapter = files['adapter_model.safetensors'] as Uint8Array;
    using model = engine.loadModel(base);
    expect(shapesOf(adapter)).toEqual(peftShapes(shapesOf(model.save()), modules, 2, fan_in_fan_out));
    model.applyAdapter(adapter);
  });

  test('of a run without LoRA is refused', async () => {
    const file = await saved();
    expect(() => exported(file, { to: 'peft' })).toThrow('This file holds no adapter');
  });
});

describe('a file with the best weights and the last ones', () => {
  test('exports the chosen ones, and the card names their step', async () => {
    const { whole, part, best } = await trainedPastBest(engine);
    const file = part.run.save();
    const bytes = (request: Omit<ExportRequest, 'name'>): string =>
      fingerprint(exported(file, request)['model.safetensors'] as Uint8Array);
    expect(bytes({ to: 'hf', weights: 'last' })).toBe(fingerprint(part.run.model.save()));
    expect(bytes({ to: 'hf' })).toBe(bytes({ to: 'hf', weights: 'last' }));
    expect(bytes({ to: 'hf', weights: 'best' })).toBe(fingerprint(whole.run.model.save()));
    const card = exported(file, { to: 'hf', weights: 'best' })['README.md'];
    expect(card).toContain(`of step ${best}; the run has ${best + 5} of 400 steps`);
    expect(card).toContain(`${whole.end.val_bits_per_byte!.toFixed(3)} bits per byte`);
    expect(() => exported(whole.run.save(), { to: 'npz', weights: 'last' })).toThrow(
      `This file holds the weights of step ${best} alone, not those of the last step; leave the choice out to take these.`,
    );
    await Promise.all([whole.run.delete(), part.run.delete()]);
  });
});

test('every row of the table can be exported, under its usual name and with the files that it lists', async () => {
  const base = await saved();
  const file = finetuned(base, { lora_rank: 2, max_steps: 2 });
  for (const row of EXPORT_FORMATS) {
    const { name: to, output, folder }: ExportFormat & { name: typeof row.name } = row;
    const viewer = SLOTS.title + SLOTS.model;
    const found = exportModel(engine, file, { to, name: 'mine', viewer });
    expect(found).toMatchObject({ output: output.replace('*', 'mine'), folder: folder !== undefined });
    if (folder)
      expect(found.files.map(({ name }) => name.replace(/[^/]+(?=\.(gguf|onnx)$)/, '*')).sort()).toEqual(
        [...folder].sort(),
      );
    else expect(found.files).toHaveLength(1);
  }
});
