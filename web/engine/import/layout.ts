// The tensors that a model of some shape consists of, under Hugging Face's names, and those that it does not need.

import type { ModelConfig } from '../generated/core-types.ts';
import type { TensorPlace } from './tensors.ts';

export type Shapes = ReadonlyMap<string, readonly number[]>;

/** `positions` is the number of learned positions in the files. */
export function expectedTensors(config: ModelConfig, positions: number): Shapes {
  const { vocab_size, n_embd } = config;
  const shapes = new Map(config.arch === 'gpt2' ? gpt2(config, positions) : qwen3(config));
  if (!config.tie_word_embeddings) shapes.set(HEAD, [vocab_size, n_embd]);
  return shapes;
}

const HEAD = 'lm_head.weight';

/** The tables whose rows are tokens. */
export const TOKEN_TABLES: readonly string[] = ['wte.weight', 'model.embed_tokens.weight', HEAD];
export const POSITION_TABLE = 'wpe.weight';

type Row = [name: string, shape: number[]];

function gpt2({ vocab_size, n_layer, n_embd, n_inner }: ModelConfig, positions: number): Row[] {
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
    ...linear(`h.${i}.mlp.c_fc`, n_embd, n_inner),
    ...linear(`h.${i}.mlp.c_proj`, n_inner, n_embd),
  ];
  return [
    ['wte.weight', [vocab_size, n_embd]],
    [POSITION_TABLE, [positions, n_embd]],
    ...blocks(n_layer, block),
    ...norm('ln_f'),
  ];
}

function qwen3(c: ModelConfig): Row[] {
  const { vocab_size, n_layer, n_embd, n_inner, head_dim } = c;
  const [queries, keys] = [c.n_head * head_dim, c.n_kv_head * head_dim];
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
      'mlp.gate_proj': [n_inner, n_embd],
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

/** Masks and frequencies, which follow from the shape. */
const NOT_WEIGHTS = /(^|\.)(attn\.(bias|masked_bias)|rotary_emb\.inv_freq)$/;

/** Finds each expected tensor; throws a sentence about the first that is missing, wrong or unknown. */
export function matchTensors(
  found: ReadonlyMap<string, TensorPlace>,
  { arch, tie_word_embeddings }: ModelConfig,
  expected: Shapes,
): Map<string, TensorPlace> {
  const matched = new Map<string, TensorPlace>();
  for (const [theirs, place] of found) {
    const name = ourName(theirs, arch);
    // A tied head repeats the embeddings.
    if (NOT_WEIGHTS.test(name) || (name === HEAD && tie_word_embeddings)) continue;
    const shape = expected.get(name);
    if (!shape)
      throw new Error(
        `${place.file.path} holds the tensor “${theirs}”, which a model of config.json’s shape does not have.`,
      );
    if (matched.has(name)) throw new Error(`The tensor “${name}” occurs twice, with and without a prefix.`);
    if (shape.join() !== place.shape.join())
      throw new Error(
        `The tensor “${theirs}” has the shape [${place.shape.join(', ')}], but config.json asks for [${shape.join(', ')}].`,
      );
    matched.set(name, place);
  }
  const missing = [...expected.keys()].find((name) => !matched.has(name));
  if (missing !== undefined) throw new Error(`The tensor “${missing}” is missing${whyMissing(missing)}.`);
  return matched;
}

function whyMissing(name: string): string {
  return name === HEAD ? ', though config.json’s tie_word_embeddings is false' : '';
}

/** The name with or without the prefix that transformers' classes put before it. */
function ourName(name: string, arch: ModelConfig['arch']): string {
  if (arch === 'gpt2') return name.replace(/^transformer\./, '');
  return name === HEAD || name.startsWith('model.') ? name : `model.${name}`;
}
