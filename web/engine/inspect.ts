// Looks inside a model: what could come next, where each head looks, what each layer would say, and what is lost without a
// head or a layer. The core runs the forward passes; this file turns their numbers into answers. Layers, heads and
// positions count from 0.

import type { Model } from './core-objects.ts';
import type { SampleOptions } from './generated/core-types.ts';
import { describeHeads, repeatedTokens, type HeadNote } from './heads.ts';
import { joinBytes } from './join-bytes.ts';
import { readable } from './token-pieces.ts';

/** A head, or without one a whole layer. */
export interface AblatedPart {
  layer: number;
  head?: number;
}

/** Tokens to look at, and the parts of the model that are switched off meanwhile. */
export interface InspectRequest {
  /** At most the context; longer texts are cut by cutToContext. */
  tokens: readonly number[];
  off?: readonly AblatedPart[];
}

export interface Candidate {
  id: number;
  text: string;
  /** Not always whole characters. */
  bytes: Uint8Array<ArrayBuffer>;
  /** Its share of the model's own prediction, from 0 to 1. */
  before: number;
  /** The probability that the sampler draws it: 0 if a filter drops it. */
  after: number;
}

export interface NextTokens {
  /** The likeliest tokens, before or after the filters, likeliest of the model first. */
  candidates: Candidate[];
  /** The number of tokens that the sampler chooses among. */
  kept: number;
  vocab_size: number;
}

export interface Attention {
  n_layer: number;
  n_head: number;
  n_tokens: number;
  /** [n_layer, n_head, n_tokens, n_tokens]: how much each token takes from each one up to itself; rows sum to 1. */
  weights: Float32Array<ArrayBuffer>;
  /** What each head of each layer does, as measured. */
  notes: HeadNote[][];
}

/** What one layer would say next; layer 0 is the embeddings alone. */
export interface LensRow {
  layer: number;
  candidates: { id: number; text: string; probability: number }[];
}

export interface AblationTable {
  /** The text's loss in nats per token, with everything on. */
  loss: number;
  /** By how much the loss rises without each head, [n_layer][n_head] … */
  heads: number[][];
  /** … and without each layer. */
  layers: number[];
}

/** The last tokens that fit into the context, at most `most`. */
export function cutToContext(model: Model, tokens: readonly number[], most = Infinity): number[] {
  return tokens.slice(-Math.min(model.config().seq_len, most));
}

/** The core's flags for parts that are off. */
function flags(model: Model, parts: readonly AblatedPart[] = []): Uint8Array {
  if (parts.length === 0) return new Uint8Array();
  const { n_layer, n_head } = model.config();
  const off = new Uint8Array(n_layer * (n_head + 1));
  for (const { layer, head = n_head } of parts) {
    if (layer >= n_layer || head > n_head)
      throw new Error(
        `The model has ${n_layer} layers with ${n_head} heads each, but no head ${head} in layer ${layer}, counted from 0.`,
      );
    off[layer * (n_head + 1) + head] = 1;
  }
  return off;
}

const ids = (tokens: readonly number[]): Uint32Array => Uint32Array.from(tokens);

/** The tokens that may follow the text, as the model and as the sampler see them: the `count` likeliest of both. */
export function nextTokens(
  model: Model,
  { tokens, off }: InspectRequest,
  options: SampleOptions,
  count: number,
): NextTokens {
  const { vocab_size, n_layer } = model.config();
  const logits = lastRow(model.logits(ids(tokens), flags(model, off), n_layer, options.int8), vocab_size);
  const drawn = model.candidates(logits, ids(tokens), options);
  const before = softmax(logits);
  const after = new Map<number, number>();
  for (let i = 0; i < drawn.length; i += 2) after.set(drawn[i]!, drawn[i + 1]!);
  const shown = new Set([
    ...largest(before, count),
    ...[...after]
      .sort(([a, p], [b, q]) => q - p || a - b)
      .slice(0, count)
      .map(([id]) => id),
  ]);
  const candidates = [...shown]
    .sort((a, b) => before[b]! - before[a]! || a - b)
    .map((id) => {
      const bytes = model.tokenizer().decode(id);
      return { id, text: readable(bytes), bytes, before: before[id]!, after: after.get(id) ?? 0 };
    });
  return { candidates, kept: after.size, vocab_size };
}

/** The probability of each token after those before it; the first one's is unknown. */
export function followed(model: Model, { tokens, off }: InspectRequest): (number | undefined)[] {
  const { vocab_size, n_layer } = model.config();
  const logits = model.logits(ids(tokens), flags(model, off), n_layer);
  return tokens.map((id, i) =>
    i === 0 ? undefined : softmax(logits.subarray((i - 1) * vocab_size, i * vocab_size))[id],
  );
}

export function attention(model: Model, { tokens, off }: InspectRequest): Attention {
  const { n_layer, n_head } = model.config();
  const n_tokens = tokens.length;
  const size = n_head * n_tokens * n_tokens;
  const weights = new Float32Array(n_layer * size);
  for (let layer = 0; layer < n_layer; layer++)
    weights.set(model.attention(ids(tokens), layer, flags(model, off)), layer * size);
  const repeated = repeatedTokens(tokens, model.config());
  const notes = Array.from({ length: n_layer }, (_, layer) =>
    describeHeads(
      { n_head, tokens, weights: weights.subarray(layer * size, (layer + 1) * size) },
      { tokens: repeated, weights: model.attention(ids(repeated), layer, flags(model, off)) },
    ),
  );
  return { n_layer, n_head, n_tokens, weights, notes };
}

/** What each layer would say after the text ("logit lens", nostalgebraist 2020). */
export function lens(model: Model, { tokens, off }: InspectRequest, count: number): LensRow[] {
  const { vocab_size, n_layer } = model.config();
  return Array.from({ length: n_layer + 1 }, (_, layer) => {
    const p = softmax(lastRow(model.logits(ids(tokens), flags(model, off), layer), vocab_size));
    const candidates = largest(p, count).map((id) => ({
      id,
      text: textOf(model, id),
      probability: p[id]!,
    }));
    return { layer, candidates };
  });
}

/** The text's loss without each head and each layer, besides the parts that are off already. */
export function ablation(model: Model, { tokens, off = [] }: InspectRequest): AblationTable {
  const { n_layer, n_head } = model.config();
  const lossWithout = (parts: readonly AblatedPart[]): number =>
    model.loss(ids(tokens), flags(model, [...off, ...parts]));
  const loss = lossWithout([]);
  const layers = Array.from({ length: n_layer }, (_, layer) => lossWithout([{ layer }]) - loss);
  const heads = layers.map((_, layer) =>
    Array.from({ length: n_head }, (__, head) => lossWithout([{ layer, head }]) - loss),
  );
  return { loss, heads, layers };
}

/** The likeliest continuation of the text, without the parts that are off. */
export function continuation(model: Model, { tokens, off }: InspectRequest, count: number): string {
  const all = [...tokens];
  const { n_layer, vocab_size } = model.config();
  for (let i = 0; i < count; i++) {
    const seen = cutToContext(model, all);
    const logits = lastRow(model.logits(ids(seen), flags(model, off), n_layer), vocab_size);
    all.push(largest(logits, 1)[0]!);
  }
  return readable(joinBytes(all.slice(tokens.length).map((id) => model.tokenizer().decode(id))));
}

function lastRow(logits: Float32Array, width: number): Float32Array {
  return logits.subarray(logits.length - width);
}

function textOf(model: Model, id: number): string {
  return readable(model.tokenizer().decode(id));
}

function softmax(logits: Float32Array): Float64Array {
  let max = -Infinity;
  for (const logit of logits) max = Math.max(max, logit);
  const p = Float64Array.from(logits, (logit) => Math.exp(logit - max));
  const sum = p.reduce((a, b) => a + b, 0);
  return p.map((x) => x / sum);
}

/** The indices of the `count` largest values, largest first; of equal ones the first. */
function largest(values: ArrayLike<number>, count: number): number[] {
  const indices = Array.from(values, (_, i) => i);
  return indices.sort((a, b) => values[b]! - values[a]! || a - b).slice(0, count);
}
