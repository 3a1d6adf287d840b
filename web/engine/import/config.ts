// config.json of a GPT-2 or Qwen3: its shape in our terms, and a sentence for whatever our models do not have.

import { CORE_OPTIONS, type ModelConfig } from '../generated/core-types.ts';
import { isObject, type Json } from './folder.ts';

export interface ImportedConfig {
  /** Without the defaults: no zeros. */
  config: ModelConfig;
  /** The context that the model was made for; config.seq_len may be shorter. */
  positions: number;
  /** Tokens that end a text, by their numbers in this model. */
  ends: readonly number[];
  notes: string[];
}

/** Rotary positions have no end of their own, and a cache for 100,000 tokens would fill the memory. */
const LONGEST_ROTARY_CONTEXT = 2048;

/** A field that must have one of these values, of which the first is transformers' default. */
interface Fixed {
  readonly field: string;
  readonly values: readonly (string | number | boolean | null)[];
}

interface Family {
  readonly arch: ModelConfig['arch'];
  readonly label: string;
  readonly architectures: readonly string[];
  /** Our names of the sizes, and theirs. */
  readonly sizes: Readonly<Partial<Record<keyof ModelConfig, string>>>;
  readonly positions: string;
  readonly fixed: readonly Fixed[];
  /** The rest. */
  readonly rest: (json: Json, sizes: Sizes) => Rest;
}

type Sizes = Readonly<Record<string, number>>;
type Rest = Pick<
  ModelConfig,
  'n_kv_head' | 'n_inner' | 'head_dim' | 'rope_theta' | 'activation' | 'tie_word_embeddings'
> & { window: number; ends: number[] };

const FAMILIES: Readonly<Record<string, Family>> = {
  gpt2: {
    arch: 'gpt2',
    label: 'GPT-2',
    architectures: ['GPT2LMHeadModel', 'GPT2Model'],
    sizes: { vocab_size: 'vocab_size', n_layer: 'n_layer', n_head: 'n_head', n_embd: 'n_embd' },
    positions: 'n_positions',
    fixed: [
      { field: 'activation_function', values: ['gelu_new', 'gelu_pytorch_tanh', 'gelu_fast'] },
      { field: 'layer_norm_epsilon', values: [1e-5] },
      { field: 'scale_attn_weights', values: [true] },
      { field: 'scale_attn_by_inverse_layer_idx', values: [false] },
      { field: 'add_cross_attention', values: [false] },
      { field: 'quantization_config', values: [null] },
    ],
    rest: (json, { n_embd = 0, n_head = 1, positions = 0 }) => ({
      n_kv_head: n_head,
      n_inner: isMissing(json['n_inner']) ? 4 * n_embd : whole(json, 'n_inner'),
      head_dim: n_embd / n_head,
      rope_theta: 10_000,
      activation: 'gelu',
      tie_word_embeddings: flag(json, 'tie_word_embeddings', true),
      window: positions,
      ends: [50_256],
    }),
  },
  qwen3: {
    arch: 'qwen3',
    label: 'Qwen3',
    architectures: ['Qwen3ForCausalLM', 'Qwen3Model'],
    sizes: {
      vocab_size: 'vocab_size',
      n_layer: 'num_hidden_layers',
      n_head: 'num_attention_heads',
      n_embd: 'hidden_size',
    },
    positions: 'max_position_embeddings',
    fixed: [
      { field: 'hidden_act', values: ['silu'] },
      { field: 'rms_norm_eps', values: [1e-6] },
      { field: 'attention_bias', values: [false] },
      { field: 'quantization_config', values: [null] },
    ],
    rest: (json, { n_head = 1, n_layer = 1, positions = 0 }) => ({
      n_kv_head: isMissing(json['num_key_value_heads']) ? n_head : whole(json, 'num_key_value_heads'),
      n_inner: whole(json, 'intermediate_size'),
      head_dim: isMissing(json['head_dim']) ? 128 : whole(json, 'head_dim'),
      rope_theta: ropeTheta(json),
      activation: 'swiglu',
      tie_word_embeddings: flag(json, 'tie_word_embeddings', false),
      window: slidingWindow(json, n_layer, positions),
      ends: [],
    }),
  },
};

/** Reads config.json; `generation` is generation_config.json, if there is one. */
export function readConfig(json: Json, generation: Json = {}, seq_len?: number): ImportedConfig {
  const family = familyOf(json);
  for (const fixed of family.fixed) requireValue(json, fixed, family);
  const sizes: Record<string, number> = {};
  for (const [ours, theirs] of Object.entries(family.sizes)) sizes[ours] = whole(json, theirs, ours);
  const positions = (sizes['positions'] = whole(json, family.positions));
  const { window, ends, ...rest } = family.rest(json, sizes);
  const { vocab_size = 0, n_layer = 0, n_head = 0, n_embd = 0 } = sizes;
  const longest = family.arch === 'qwen3' ? Math.min(window, LONGEST_ROTARY_CONTEXT) : window;
  if (seq_len !== undefined && seq_len > window)
    throw new Error(
      `seq_len ${seq_len} is longer than the model’s context of ${window} tokens; choose at most that.`,
    );
  const config: ModelConfig = {
    arch: family.arch,
    vocab_size,
    n_layer,
    n_head,
    n_embd,
    ...rest,
    seq_len: seq_len ?? longest,
  };
  requireFit(config, family);
  const notes =
    seq_len === undefined && longest < window
      ? [
          `The model’s context of ${window} tokens is cut to ${longest}, so that it fits into memory: each token sees the last ${longest}.`,
        ]
      : [];
  return { config, positions, ends: endTokens(generation) ?? endTokens(json) ?? ends, notes };
}

function familyOf(json: Json): Family {
  const { model_type, architectures } = json;
  const family =
    typeof model_type === 'string' && Object.hasOwn(FAMILIES, model_type) ? FAMILIES[model_type] : undefined;
  if (!family) {
    const what =
      typeof model_type === 'string'
        ? `is a model of the type “${model_type}”`
        : 'does not say its model_type';
    throw new Error(`This ${what}; mini-llm opens GPT-2 (gpt2) and Qwen3 (qwen3) models.`);
  }
  const name: unknown = Array.isArray(architectures) ? architectures[0] : undefined;
  if (typeof name === 'string' && !family.architectures.includes(name))
    throw new Error(
      `This is a ${name}, which is no plain language model; mini-llm opens ${family.architectures[0]}.`,
    );
  return family;
}

function isMissing(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

const LIMITS = new Map(
  CORE_OPTIONS.ModelConfig.map((row) => [row.name as string, row as { min?: number; max?: number }]),
);

/** A whole number from 1 on, at most what our models have under the name `ours`. */
function whole(json: Json, field: string, ours?: string): number {
  const value = json[field];
  if (value === undefined) throw new Error(`config.json lacks ${field}.`);
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1)
    throw new Error(`config.json’s ${field} is ${shown(value)}, and not a whole number from 1 on.`);
  const { max = Infinity } = LIMITS.get(ours ?? '') ?? {};
  if (value > max)
    throw new Error(`config.json’s ${field} is ${value}; mini-llm’s models have at most ${max}.`);
  return value;
}

function flag(json: Json, field: string, otherwise: boolean): boolean {
  const value = json[field] ?? otherwise;
  if (typeof value !== 'boolean')
    throw new Error(`config.json’s ${field} is ${shown(value)}, neither true nor false.`);
  return value;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'missing';
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function requireValue(json: Json, { field, values }: Fixed, { label }: Family): void {
  const value = json[field] ?? values[0];
  if (values.some((allowed) => allowed === value)) return;
  throw new Error(
    `config.json’s ${field} is ${shown(value)}; mini-llm computes ${label} with ${values.map(shown).join(' or ')} only, ` +
      'so this model would give other results here.',
  );
}

/** From rope_theta or, in newer files, from rope_parameters. Scaled positions are refused. */
function ropeTheta(json: Json): number {
  for (const field of ['rope_parameters', 'rope_scaling']) {
    const rope = json[field];
    if (isMissing(rope)) continue;
    const type = isObject(rope) ? (rope['rope_type'] ?? rope['type'] ?? 'default') : rope;
    if (type !== 'default')
      throw new Error(
        `config.json’s ${field} asks for ${shown(type)} positions; mini-llm has the default ones only.`,
      );
  }
  const parameters = json['rope_parameters'];
  const theta = json['rope_theta'] ?? (isObject(parameters) ? parameters['rope_theta'] : undefined) ?? 10_000;
  if (typeof theta !== 'number' || !(theta >= 1 && theta <= 1e9))
    throw new Error(`config.json’s rope_theta is ${shown(theta)}, and not a number from 1 to 1e9.`);
  return theta;
}

/** How many tokens each token sees: in our models the same in all layers. */
function slidingWindow(json: Json, n_layer: number, positions: number): number {
  const slides = slidingLayers(json, n_layer);
  if (slides.every((slide) => !slide) || isMissing(json['sliding_window'])) return positions;
  const window = whole(json, 'sliding_window');
  if (window >= positions) return positions;
  if (slides.every(Boolean)) return window;
  throw new Error(
    'config.json lets some layers see all tokens and others a sliding window (layer_types, max_window_layers); ' +
      'in mini-llm all layers see the same.',
  );
}

function slidingLayers(json: Json, n_layer: number): boolean[] {
  const { layer_types, use_sliding_window, max_window_layers = 28 } = json;
  if (use_sliding_window !== true) return [false];
  if (Array.isArray(layer_types)) return layer_types.map((type) => type === 'sliding_attention');
  return Array.from({ length: n_layer }, (_, layer) => layer >= Number(max_window_layers));
}

/** A number, a list of them, or nothing. */
function endTokens(json: Json): number[] | undefined {
  const value = json['eos_token_id'];
  if (value === undefined) return undefined;
  const all: unknown[] = Array.isArray(value) ? value : value === null ? [] : [value];
  return all.filter((id): id is number => typeof id === 'number');
}

function requireFit(
  { n_embd, n_head, n_kv_head, head_dim, n_inner }: ModelConfig,
  { arch, sizes }: Family,
): void {
  if (arch === 'gpt2' && n_embd % n_head !== 0)
    throw new Error(`config.json’s n_embd is ${n_embd}, which is no multiple of n_head, ${n_head}.`);
  if (n_head % n_kv_head !== 0)
    throw new Error(
      `config.json’s ${sizes.n_head} is ${n_head}, which is no multiple of num_key_value_heads, ${n_kv_head}.`,
    );
  for (const [name, value] of Object.entries({ head_dim, n_inner })) {
    const { max = Infinity } = LIMITS.get(name) ?? {};
    if (value > max)
      throw new Error(`config.json asks for ${name} ${value}; mini-llm’s models have at most ${max}.`);
  }
}
