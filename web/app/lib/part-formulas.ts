// The formula of each part of a model, as in cpp/reference, in plain text.

import type { ModelConfig } from '../../engine/generated/core-types.ts';
import type { PartName } from '../../engine/structure.ts';
import { isGated } from '../../engine/tensor-shapes.ts';

type Formula = (config: ModelConfig) => string;

const norm: Formula = ({ arch }) =>
  arch === 'gpt2'
    ? 'y = (x − mean(x)) / √(variance(x) + 0.00001) · weight + bias'
    : 'y = x / √(mean(x²) + 0.000001) · weight';

const linear =
  (name: string): Formula =>
  ({ arch }) =>
    arch === 'gpt2' ? `${name} = x · weight + bias` : `${name} = x · weightᵀ`;

export const FORMULAS: Readonly<Record<PartName, Formula>> = {
  tokens: () => 'x = table[token]',
  positions: () => 'x = x + table[position]',
  norm_1: norm,
  qkv: linear('q, k, v'),
  rotary: ({ rope_theta, head_dim }) =>
    `q, k = rotate(norm(q), norm(k));  angle i = position · ${rope_theta}^(−2i/${head_dim})`,
  attention: ({ head_dim }) => `y = softmax(q · kᵀ / √${head_dim}) · v`,
  attention_out: linear('y'),
  norm_2: norm,
  mlp_in: (config) => linear(isGated(config) ? 'gate, up' : 'h')(config),
  activation: (config) =>
    isGated(config)
      ? 'h = gate / (1 + e^(−gate)) · up'
      : 'y = h/2 · (1 + tanh(√(2/π) · (h + 0.044715 · h³)))',
  mlp_out: linear('y'),
  last_norm: norm,
  head: ({ tie_word_embeddings }) => `logits = x · ${tie_word_embeddings ? 'table' : 'weight'}ᵀ`,
};
