// The parts of a model in the order of the data flow, with the tensors of each.

import type { ModelConfig } from './generated/core-types.ts';
import type { StepProfile } from './profile.ts';
import { tensorShapes } from './tensor-shapes.ts';

interface PartRow {
  name: string;
  /** Whether every block has it. */
  inBlock?: true;
  /** Names of its tensors, in a block without the block's prefix; a part without this computes with none of its own. */
  holds?: RegExp;
  /** Whether models have it that hold no tensor of it: a tied head uses the table of the token embeddings. */
  always?: true;
}

const PARTS = [
  { name: 'tokens', holds: /^(wte|model\.embed_tokens)\./ },
  { name: 'positions', holds: /^wpe\./ },
  { name: 'norm_1', inBlock: true, holds: /^(ln_1|input_layernorm)\./ },
  { name: 'qkv', inBlock: true, holds: /^(attn\.c_attn|self_attn\.[qkv]_proj)\./ },
  { name: 'rotary', inBlock: true, holds: /^self_attn\.[qk]_norm\./ },
  { name: 'attention', inBlock: true, always: true },
  { name: 'attention_out', inBlock: true, holds: /^(attn\.c_proj|self_attn\.o_proj)\./ },
  { name: 'norm_2', inBlock: true, holds: /^(ln_2|post_attention_layernorm)\./ },
  { name: 'mlp_in', inBlock: true, holds: /^mlp\.(c_fc|gate_proj|up_proj)\./ },
  { name: 'activation', inBlock: true, always: true },
  { name: 'mlp_out', inBlock: true, holds: /^mlp\.(c_proj|down_proj)\./ },
  { name: 'last_norm', holds: /^(ln_f|model\.norm)\./ },
  { name: 'head', holds: /^lm_head\./, always: true },
] as const satisfies readonly PartRow[];

export type PartName = (typeof PARTS)[number]['name'];

export interface PartTensor {
  /** In a block without the block's prefix. */
  name: string;
  shape: readonly number[];
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
  const { n_layer, n_kv_head, head_dim, seq_len } = config;
  const tensors = { once: [] as PartTensor[], inBlock: [] as PartTensor[] };
  for (const [name, shape] of tensorShapes(config)) {
    const [prefix, block] = BLOCK.exec(name) ?? [];
    if (prefix === undefined) tensors.once.push({ name, shape });
    else if (block === '0') tensors.inBlock.push({ name: name.slice(prefix.length), shape });
  }
  const parts = PARTS.flatMap(({ name, inBlock, holds, always }: PartRow & { name: PartName }) => {
    const own = tensors[inBlock ? 'inBlock' : 'once'].filter((tensor) => holds?.test(tensor.name));
    if (own.length === 0 && !always) return [];
    const count = inBlock ? n_layer : 1;
    const parameters = count * own.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b), 0);
    return [{ name, count, tensors: own, parameters }];
  });
  return {
    config,
    parts,
    n_parameters: parts.reduce((sum, { parameters }) => sum + parameters, 0),
    kv_cache_bytes: 4 * 2 * n_layer * seq_len * n_kv_head * head_dim,
  };
}

const BLOCK = /^(?:h|model\.layers)\.(\d+)\./;

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
