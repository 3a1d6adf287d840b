// Token embeddings: where the model keeps each token, drawn in two dimensions, and which tokens it keeps near each other.

import type { Model, Tokenizer } from './core-objects.ts';
import { coordinate, dot, principalAxes } from './pca.ts';
import { groupOf, type TokenGroup } from './token-groups.ts';
import { readable } from './token-pieces.ts';

export interface MappedToken {
  id: number;
  text: string;
  group: TokenGroup;
  x: number;
  y: number;
}

export interface EmbeddingMap {
  /** Along the two directions in which the embeddings of these tokens differ most. */
  tokens: MappedToken[];
  /** The share of all differences that each direction shows, from 0 to 1. */
  explained: [number, number];
}

export interface Neighbor {
  id: number;
  text: string;
  /** The cosine of the angle between the two embeddings, from -1 to 1. */
  similarity: number;
}

/** The tokens that are most frequent in a text, at most `most`; by frequency, then by id. */
export function frequentTokens(tokenizer: Tokenizer, text: string | Uint8Array, most: number): number[] {
  const counts = new Map<number, number>();
  for (const id of tokenizer.encode(text)) counts.set(id, (counts.get(id) ?? 0) + 1);
  return [...counts]
    .sort(([a, n], [b, m]) => m - n || a - b)
    .slice(0, most)
    .map(([id]) => id);
}

export function embeddingMap(model: Model, ids: readonly number[]): EmbeddingMap {
  const width = model.config().n_embd;
  const rows = model.embeddings(Uint32Array.from(ids));
  const principal = principalAxes(rows, width, 2);
  const [first, second] = principal.axes as [Float64Array, Float64Array];
  const share = (variance = 0): number => (principal.total > 0 ? variance / principal.total : 0);
  return {
    tokens: ids.map((id, i) => {
      const row = rows.subarray(i * width, (i + 1) * width);
      const bytes = model.tokenizer().decode(id);
      return {
        id,
        text: readable(bytes),
        group: groupOf(bytes),
        x: coordinate(row, principal, first),
        y: coordinate(row, principal, second),
      };
    }),
    explained: [share(principal.variances[0]), share(principal.variances[1])],
  };
}

/** The `count` tokens of `among` that are nearest to `id`, nearest first. */
export function neighbors(model: Model, id: number, among: readonly number[], count: number): Neighbor[] {
  const width = model.config().n_embd;
  const others = among.filter((other) => other !== id);
  const rows = model.embeddings(Uint32Array.of(id, ...others));
  const row = (i: number): Float32Array => rows.subarray(i * width, (i + 1) * width);
  const own = row(0);
  return others
    .map((other, i): [number, number] => [other, cosine(own, row(i + 1))])
    .sort(([a, p], [b, q]) => q - p || a - b)
    .slice(0, count)
    .map(([other, similarity]) => ({
      id: other,
      text: readable(model.tokenizer().decode(other)),
      similarity,
    }));
}

function cosine(a: Float32Array, b: Float32Array): number {
  const lengths = Math.sqrt(dot(a, a) * dot(b, b));
  return lengths > 0 ? dot(a, b) / lengths : 0;
}
