// Folders as Hugging Face's libraries save them, written by hand: safetensors of any type of numbers, in one file or several.

import { readConfig } from '../../web/engine/import/config.ts';
import type { ModelPart } from '../../web/engine/import/import.ts';
import { tensorShapes } from '../../web/engine/tensor-shapes.ts';
import { byteCharacters, tokenizerJson } from '../../web/engine/tokenizer-json.ts';
import type { Values } from './arrays.ts';

export type NumberType = 'F32' | 'F16' | 'BF16';

export type Tensors = ReadonlyMap<string, Values>;

export const part = (path: string, content: Uint8Array | string | object): ModelPart => {
  const bytes =
    content instanceof Uint8Array
      ? content
      : new TextEncoder().encode(typeof content === 'string' ? content : JSON.stringify(content));
  return { path, size: bytes.length, read: (at, length) => bytes.slice(at, at + length) };
};

/** The nearest number of a type, ties to even. */
export function rounded(value: number, type: NumberType): number {
  return fromBits(bitsOf(value, type), type);
}

const view = new DataView(new ArrayBuffer(4));

function bitsOf(value: number, type: NumberType): number {
  view.setFloat32(0, value);
  const bits = view.getUint32(0);
  if (type === 'F32') return bits;
  if (type === 'BF16') return ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16) & 0xffff;
  const sign = (bits >>> 16) & 0x8000;
  const size = Math.abs(Math.fround(value));
  if (size >= 65_520) return sign | 0x7c00;
  const exponent = Math.max(-14, Math.floor(Math.log2(size || 2 ** -30)));
  const fraction = even(size / 2 ** (exponent - 10));
  return sign | (exponent === -14 ? fraction : ((exponent + 14) << 10) + fraction);
}

function even(x: number): number {
  const low = Math.floor(x);
  return x - low > 0.5 || (x - low === 0.5 && low % 2 === 1) ? low + 1 : low;
}

function fromBits(bits: number, type: NumberType): number {
  if (type === 'F16') {
    const exponent = (bits >> 10) & 31;
    const size = exponent === 0 ? (bits & 1023) * 2 ** -24 : (1024 + (bits & 1023)) * 2 ** (exponent - 25);
    return bits & 0x8000 ? -size : size;
  }
  view.setUint32(0, type === 'BF16' ? bits * 65_536 : bits);
  return view.getFloat32(0);
}

/** A safetensors file. */
export function safetensors(tensors: Iterable<[string, Values]>, type: NumberType = 'F32'): Uint8Array {
  const size = type === 'F32' ? 4 : 2;
  const header: Record<string, unknown> = {};
  const pieces: Buffer[] = [];
  let at = 0;
  for (const [name, { shape, values }] of tensors) {
    const piece = Buffer.alloc(values.length * size);
    values.forEach((value, i) =>
      size === 4 ? piece.writeFloatLE(value, 4 * i) : piece.writeUInt16LE(bitsOf(value, type), 2 * i),
    );
    header[name] = { dtype: type, shape, data_offsets: [at, (at += piece.length)] };
    pieces.push(piece);
  }
  return withHeader(header, Buffer.concat(pieces));
}

export function withHeader(header: object, data: Uint8Array): Uint8Array {
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return new Uint8Array(Buffer.concat([length, text, data]));
}

/** The weights in several files, with an index. */
export function shards(tensors: Tensors, type: NumberType, count: number): ModelPart[] {
  const all = [...tensors];
  const weight_map: Record<string, string> = {};
  const five = (n: number): string => String(n).padStart(5, '0');
  const files = Array.from({ length: count }, (_, i) => {
    const name = `model-${five(i + 1)}-of-${five(count)}.safetensors`;
    const some = all.filter((_tensor, k) => k % count === i);
    for (const [tensor] of some) weight_map[tensor] = name;
    return part(name, safetensors(some, type));
  });
  return [...files, part('model.safetensors.index.json', { metadata: {}, weight_map })];
}

/** Random weights of these shapes, the same each time. */
export function randomTensors(shapes: ReadonlyMap<string, readonly number[]>): Map<string, Values> {
  let state = 1;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  return new Map(
    [...shapes].map(([name, shape]) => {
      const center = shape.length === 1 && name.endsWith('weight') ? 1 : 0;
      const size = shape.reduce((a, b) => a * b, 1);
      return [name, { shape, values: Float32Array.from({ length: size }, () => center + 0.4 * next()) }];
    }),
  );
}

/** A small GPT-2 on bytes. */
export const GPT2 = {
  architectures: ['GPT2LMHeadModel'],
  model_type: 'gpt2',
  vocab_size: 256,
  n_positions: 32,
  n_embd: 24,
  n_layer: 2,
  n_head: 3,
  n_inner: null,
  activation_function: 'gelu_new',
  layer_norm_epsilon: 1e-5,
};
/** A small Qwen3 on bytes, with heads wider than n_embd / n_head and an untied head. */
export const QWEN3 = {
  architectures: ['Qwen3ForCausalLM'],
  model_type: 'qwen3',
  vocab_size: 256,
  max_position_embeddings: 40,
  hidden_size: 24,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  head_dim: 10,
  intermediate_size: 30,
  hidden_act: 'silu',
  rms_norm_eps: 1e-6,
  rope_theta: 1e6,
  rope_scaling: null,
  attention_bias: false,
  use_sliding_window: false,
  sliding_window: null,
  max_window_layers: 28,
  tie_word_embeddings: false,
};
export const BYTES = tokenizerJson([]);

/** Random weights for a config.json. */
export function weightsFor(config: object): Map<string, Values> {
  const { config: ours, positions } = readConfig(config as Record<string, unknown>);
  return randomTensors(tensorShapes(ours, positions));
}

export const folderOf = (
  config: object,
  weights: readonly ModelPart[],
  tokenizer: string | object = BYTES,
): ModelPart[] => [part('config.json', config), part('tokenizer.json', tokenizer), ...weights];

export const plain = (
  config: object,
  tensors: Iterable<[string, { shape: readonly number[]; values: Float32Array }]>,
  tokenizer?: string | object,
) => folderOf(config, [part('model.safetensors', safetensors(tensors))], tokenizer);

/** A tokenizer.json whose tokens are numbered as GPT-2's and Qwen's are, and its vocabulary. */
export function foreignTokenizer(
  merges: readonly (readonly [number, number])[],
  added: readonly { content: string; special?: boolean }[],
  qwen: boolean,
): { json: string; size: number } {
  // GPT-2 numbers the bytes that are visible characters first.
  const bytes = byteCharacters().toSorted((a, b) => a.codePointAt(0)! - b.codePointAt(0)!);
  const ours = JSON.parse(tokenizerJson(merges, qwen ? { split: 'qwen2' } : {})) as {
    model: { merges: string[]; vocab: Record<string, number> };
    [key: string]: unknown;
  };
  const tokens = [...bytes, ...ours.model.merges.map((merge) => merge.replace(' ', ''))];
  const json = {
    ...ours,
    ...(qwen ? { normalizer: { type: 'NFC' } } : {}),
    added_tokens: added.map(({ content, special = true }, i) => ({
      id: tokens.length + i,
      content,
      special,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
    })),
    model: { ...ours.model, vocab: Object.fromEntries(tokens.map((token, id) => [token, id])) },
  };
  return { json: JSON.stringify(json), size: tokens.length + added.length };
}
