// The tensors that a model of some shape consists of, under Hugging Face's names and in the order of the data flow. The core
// has them in cpp/nn/architecture.cpp.

import type { ModelConfig } from './generated/core-types.ts';

export type Shapes = ReadonlyMap<string, readonly number[]>;

export const HEAD = 'lm_head.weight';
export const POSITION_TABLE = 'wpe.weight';
/** The tables whose rows are tokens. */
export const TOKEN_TABLES: readonly string[] = ['wte.weight', 'model.embed_tokens.weight', HEAD];

/** `config` must have its defaults filled in; `positions` is the number of learned positions. */
export function tensorShapes(config: ModelConfig, positions = config.seq_len): Shapes {
  const { vocab_size, n_embd } = config;
  const shapes = new Map(config.arch === 'gpt2' ? gpt2(config, positions) : qwen3(config));
  if (!config.tie_word_embeddings) shapes.set(HEAD, [vocab_size, n_embd]);
  return shapes;
}

/** Whether the MLP multiplies its activation by a second product. */
export function isGated({ activation }: ModelConfig): boolean {
  return activation === 'swiglu';
}

type Row = [name: string, shape: number[]];

function gpt2(config: ModelConfig, positions: number): Row[] {
  const { vocab_size, n_layer, n_embd, n_inner } = config;
  const norm = (name: string): Row[] => [
    [`${name}.weight`, [n_embd]],
    [`${name}.bias`, [n_embd]],
  ];
  // Conv1D: [in, out].
  const linear = (name: string, from: number, to: number): Row[] => [
    [`${name}.weight`, [from, to]],
    [`${name}.bias`, [to]],
  ];
  const block = (i: number): Row[] => [
    ...norm(`h.${i}.ln_1`),
    ...linear(`h.${i}.attn.c_attn`, n_embd, 3 * n_embd),
    ...linear(`h.${i}.attn.c_proj`, n_embd, n_embd),
    ...norm(`h.${i}.ln_2`),
    ...linear(`h.${i}.mlp.c_fc`, n_embd, isGated(config) ? 2 * n_inner : n_inner),
    ...linear(`h.${i}.mlp.c_proj`, n_inner, n_embd),
  ];
  return [
    ['wte.weight', [vocab_size, n_embd]],
    [POSITION_TABLE, [positions, n_embd]],
    ...blocks(n_layer, block),
    ...norm('ln_f'),
  ];
}

function qwen3(config: ModelConfig): Row[] {
  const { vocab_size, n_layer, n_embd, n_inner, head_dim } = config;
  const [queries, keys] = [config.n_head * head_dim, config.n_kv_head * head_dim];
  const block = (i: number): Row[] =>
    Object.entries({
      input_layernorm: [n_embd],
      'self_attn.q_proj': [queries, n_embd],
      'self_attn.k_proj': [keys, n_embd],
      'self_attn.v_proj': [keys, n_embd],
      'self_attn.o_proj': [n_embd, queries],
      'self_attn.q_norm': [head_dim],
      'self_attn.k_norm': [head_dim],
      post_attention_layernorm: [n_embd],
      ...(isGated(config) ? { 'mlp.gate_proj': [n_inner, n_embd] } : {}),
      'mlp.up_proj': [n_inner, n_embd],
      'mlp.down_proj': [n_embd, n_inner],
    }).map(([name, shape]) => [`model.layers.${i}.${name}.weight`, shape]);
  return [
    ['model.embed_tokens.weight', [vocab_size, n_embd]],
    ...blocks(n_layer, block),
    ['model.norm.weight', [n_embd]],
  ];
}

function blocks(n_layer: number, block: (i: number) => Row[]): Row[] {
  return Array.from({ length: n_layer }, (_, i) => block(i)).flat();
}
