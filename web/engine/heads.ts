// Finds out what an attention head does by measuring where it looks: on the text itself, and on tokens that are repeated in
// the same order, where a head that has learned to repeat shows (Olsson et al. 2022, "In-context Learning and Induction
// Heads").

import { ENGLISH } from './format.ts';
import type { ModelConfig } from './generated/core-types.ts';

export type HeadKind = 'previous' | 'induction' | 'repeat' | 'first' | 'self' | 'mixed';

export interface HeadNote {
  kind: HeadKind;
  /** The average share of its attention that goes where `kind` says; of a mixed head, the largest of these shares. */
  share: number;
}

/** A head is named after the place that gets at least this share of its attention. */
const NAMED_FROM = 0.3;

/** Attention weights [n_head, n, n] over n tokens. */
interface Measured {
  tokens: readonly number[];
  weights: Float32Array;
}

/** Fewer different tokens are too few to tell places apart. */
const FEWEST = 4;
const MOST = 48;

/** The text's different tokens in an odd order, twice: the second time, each has been seen once before. */
export function repeatedTokens(tokens: readonly number[], { seq_len, vocab_size }: ModelConfig): number[] {
  const different = new Set(tokens);
  for (let id = 0; different.size < Math.min(FEWEST, vocab_size); id++) different.add(id);
  const half = [...different].slice(0, Math.max(1, Math.min(MOST, Math.floor(seq_len / 2))));
  // Steps that share no factor with the length visit every token once, and no token beside its neighbor in the text.
  const step = [7, 5, 3, 2, 1].find((s) => half.length % s !== 0) ?? 1;
  const shuffled = half.map((_, i) => half[(i * step) % half.length]!);
  return [...shuffled, ...shuffled];
}

/** What each head of a layer does; `repeated` was measured on repeatedTokens. */
export function describeHeads(text: Measured & { n_head: number }, repeated: Measured): HeadNote[] {
  return Array.from({ length: text.n_head }, (_, head) => note(sharesOf(text, repeated, head)));
}

type Shares = Record<Exclude<HeadKind, 'mixed'>, number>;

function sharesOf(text: Measured, repeated: Measured, head: number): Shares {
  const half = repeated.tokens.length / 2;
  // The first rows have nowhere else to look.
  const average = (where: (row: number) => number): number => mean(text, head, 3, where);
  const averageOfRepeats = (where: (row: number) => number): number => mean(repeated, head, half, where);
  return {
    previous: average((row) => row - 1),
    induction: averageOfRepeats((row) => row - half + 1),
    repeat: averageOfRepeats((row) => row - half),
    first: average(() => 0),
    self: average((row) => row),
  };
}

/** The average weight at `where(row)` from row `from` on. */
function mean(
  { tokens, weights }: Measured,
  head: number,
  from: number,
  where: (row: number) => number,
): number {
  const n = tokens.length;
  let sum = 0;
  for (let row = from; row < n; row++) sum += weights[(head * n + row) * n + where(row)]!;
  return n > from ? sum / (n - from) : 0;
}

function note(shares: Shares): HeadNote {
  const [[kind, share]] = Object.entries(shares).sort(([, a], [, b]) => b - a) as [[HeadKind, number]];
  return { kind: share >= NAMED_FROM ? kind : 'mixed', share };
}

/** What a head does, here in English. */
export const HEAD_TEXT: Readonly<Record<HeadKind, string>> = {
  previous: 'looks at the token before',
  induction: 'looks at the token that followed the last time (induction)',
  repeat: 'looks at the same token earlier on',
  first: 'looks at the first token',
  self: 'looks at the token itself',
  mixed: 'looks at many tokens',
};

/** "looks at the token before (62 %)". */
export function headText({ kind, share }: HeadNote, say = HEAD_TEXT, format = ENGLISH): string {
  return kind === 'mixed' ? say[kind] : `${say[kind]} (${format.percent(share)})`;
}
