// The parts of a model in the order of the data flow, with the tensors of each. Names and shapes are those of the file
// (cpp/nn/architecture.cpp, cpp/nn/gpt.cpp).

import type { ModelConfig } from './generated/core-types.ts';
import type { StepProfile } from './profile.ts';

export type PartName =
  | 'tokens'
  | 'positions'
  | 'norm_1'
  | 'qkv'
  | 'rotary'
  | 'attention'
  | 'attention_out'
  | 'norm_2'
  | 'mlp_in'
  | 'activation'
  | 'mlp_out'
  | 'last_norm'
  | 'head';

export interface PartTensor {
  /** In a block without the block's prefix. */
  name: string;
  shape: number[];
}

export interface ModelPart {
  name: PartName;
  /** In how many places of the model it stands: once, or in every block. */
  count: number;
  tensors: PartTensor[];
  /** Of all places together. */
  parameters: number;
}

export interface ModelStructure {
  /** With defaults filled in. */
  config: ModelConfig;
  parts: ModelPart[];
  /** Sum over the parts. */
  n_parameters: number;
  /** Keys and values of a whole context, as float32. */
  kv_cache_bytes: number;
}

/** `config` must have its defaults filled in: Engine.withDefaults. */
export function structureOf(config: ModelConfig): ModelStructure {
  const parts = (config.arch === 'gpt2' ? gpt2 : qwen3)(config).map(([name, count, tensors]) => ({
    name,
    count,
    tensors,
    parameters: count * tensors.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b), 0),
  }));
  const { n_layer, n_kv_head, head_dim, seq_len } = config;
  return {
    config,
    parts,
    n_parameters: parts.reduce((sum, { parameters }) => sum + parameters, 0),
    kv_cache_bytes: 4 * 2 * n_layer * seq_len * n_kv_head * head_dim,
  };
}

type Row = [PartName, number, PartTensor[]];

const tensor = (name: string, ...shape: number[]): PartTensor => ({ name, shape });

/** GPT-2's matrices are [in, out], and each has a bias. */
function gpt2(c: ModelConfig): Row[] {
  const [width, inputs] = [c.n_embd, gated(c) ? 2 : 1];
  const linear = (name: string, from: number, to: number): PartTensor[] => [
    tensor(`${name}.weight`, from, to),
    tensor(`${name}.bias`, to),
  ];
  const norm = (name: string): PartTensor[] => [
    tensor(`${name}.weight`, width),
    tensor(`${name}.bias`, width),
  ];
  return [
    ['tokens', 1, [tensor('wte.weight', c.vocab_size, width)]],
    ['positions', 1, [tensor('wpe.weight', c.seq_len, width)]],
    ['norm_1', c.n_layer, norm('ln_1')],
    ['qkv', c.n_layer, linear('attn.c_attn', width, 3 * width)],
    ['attention', c.n_layer, []],
    ['attention_out', c.n_layer, linear('attn.c_proj', width, width)],
    ['norm_2', c.n_layer, norm('ln_2')],
    ['mlp_in', c.n_layer, linear('mlp.c_fc', width, inputs * c.n_inner)],
    ['activation', c.n_layer, []],
    ['mlp_out', c.n_layer, linear('mlp.c_proj', c.n_inner, width)],
    ['last_norm', 1, norm('ln_f')],
    ['head', 1, head(c)],
  ];
}

/** Qwen3's matrices are [out, in], without biases. */
function qwen3(c: ModelConfig): Row[] {
  const width = c.n_embd;
  const [queries, keys] = [c.n_head * c.head_dim, c.n_kv_head * c.head_dim];
  return [
    ['tokens', 1, [tensor('model.embed_tokens.weight', c.vocab_size, width)]],
    ['norm_1', c.n_layer, [tensor('input_layernorm.weight', width)]],
    [
      'qkv',
      c.n_layer,
      [
        tensor('self_attn.q_proj.weight', queries, width),
        tensor('self_attn.k_proj.weight', keys, width),
        tensor('self_attn.v_proj.weight', keys, width),
      ],
    ],
    [
      'rotary',
      c.n_layer,
      [tensor('self_attn.q_norm.weight', c.head_dim), tensor('self_attn.k_norm.weight', c.head_dim)],
    ],
    ['attention', c.n_layer, []],
    ['attention_out', c.n_layer, [tensor('self_attn.o_proj.weight', width, queries)]],
    ['norm_2', c.n_layer, [tensor('post_attention_layernorm.weight', width)]],
    [
      'mlp_in',
      c.n_layer,
      [
        ...(gated(c) ? [tensor('mlp.gate_proj.weight', c.n_inner, width)] : []),
        tensor('mlp.up_proj.weight', c.n_inner, width),
      ],
    ],
    ['activation', c.n_layer, []],
    ['mlp_out', c.n_layer, [tensor('mlp.down_proj.weight', width, c.n_inner)]],
    ['last_norm', 1, [tensor('model.norm.weight', width)]],
    ['head', 1, head(c)],
  ];
}

/** A tied head uses the table of the token embeddings. */
function head(c: ModelConfig): PartTensor[] {
  return c.tie_word_embeddings ? [] : [tensor('lm_head.weight', c.vocab_size, c.n_embd)];
}

function gated({ activation }: ModelConfig): boolean {
  return activation === 'swiglu';
}

export interface TimeShares {
  /** Of a whole training step, from 0 to 1. */
  parts: Partial<Record<PartName, number>>;
  /** Gradient norm and optimizer. */
  update: number;
  /** What belongs to no part. */
  rest: number;
}

/** The profile counts kinds of operations: norms by number and matrix products by size are divided among the parts. */
export function timeShares({ parts }: ModelStructure, { operations, rest_share }: StepProfile): TimeShares {
  const shares: TimeShares = { parts: {}, update: 0, rest: rest_share };
  for (const { op, pass, share } of operations) {
    const weights = parts.map((part) => weightOf(op, part));
    const total = weights.reduce((a, b) => a + b, 0);
    if (pass === 'update') shares.update += share;
    else if (total === 0) shares.rest += share;
    else
      parts.forEach(({ name }, i) => {
        if (weights[i]! > 0) shares.parts[name] = (shares.parts[name] ?? 0) + (share * weights[i]!) / total;
      });
  }
  return shares;
}

const OPERATIONS: Readonly<Record<string, readonly PartName[]>> = {
  embedding: ['tokens', 'positions'],
  layer_norm: ['norm_1', 'norm_2', 'last_norm'],
  rms_norm: ['norm_1', 'norm_2', 'last_norm'],
  linear: ['qkv', 'attention_out', 'mlp_in', 'mlp_out'],
  rotary: ['rotary'],
  attention: ['attention'],
  gelu: ['activation'],
  swiglu: ['activation'],
  head: ['head'],
};

function weightOf(op: string, { name, count, parameters }: ModelPart): number {
  if (OPERATIONS[op]?.includes(name) !== true) return 0;
  return op === 'linear' ? parameters : count;
}
