// Where the tokens of a map of embeddings are drawn.

import type { EmbeddingMap, MappedToken } from '../../engine/embeddings.ts';
import { TOKEN_GROUPS, type TokenGroup } from '../../engine/token-groups.ts';

/** Outlines of the groups' marks, 12 wide around 0, as SVG paths: shape tells groups apart as color does. */
export const MARKS: Readonly<Record<TokenGroup, string>> = {
  vowel: 'M -5 0 a 5 5 0 1 0 10 0 a 5 5 0 1 0 -10 0 Z',
  consonant: 'M -4.5 -4.5 H 4.5 V 4.5 H -4.5 Z',
  capital: 'M 0 -6 L 5.5 4.5 H -5.5 Z',
  digit: 'M 0 -6 L 5 0 L 0 6 L -5 0 Z',
  punctuation: 'M -5 -5 L 5 5 M 5 -5 L -5 5',
  space: 'M -5.5 0 H 5.5 M 0 -5.5 V 5.5',
  hangul: 'M 0 6 L 5.5 -4.5 H -5.5 Z',
  word: 'M -6 -3 H 6 V 3 H -6 Z',
  piece: 'M -3 -6 H 3 V 6 H -3 Z',
  other: 'M -5 0 a 5 5 0 1 0 10 0 a 5 5 0 1 0 -10 0 M -1 0 H 1',
};

/** Marks that are lines. */
export const LINES: ReadonlySet<TokenGroup> = new Set(['punctuation', 'space', 'other']);

/** The same map, mirrored so that tokens stay as near as possible to where they were: an axis has no direction of its own. */
export function aligned(next: EmbeddingMap, before: EmbeddingMap | undefined): EmbeddingMap {
  if (!before) return next;
  const old = new Map(before.tokens.map((token) => [token.id, token]));
  const along = (axis: 'x' | 'y'): number =>
    next.tokens.reduce((sum, token) => sum + token[axis] * (old.get(token.id)?.[axis] ?? 0), 0);
  const [x, y] = [along('x') < 0 ? -1 : 1, along('y') < 0 ? -1 : 1];
  return { ...next, tokens: next.tokens.map((token) => ({ ...token, x: x * token.x, y: y * token.y })) };
}

/** Positions from 0 to 1, downward as on the screen; each direction fills the map. */
export function positions(tokens: readonly MappedToken[]): Map<number, { x: number; y: number }> {
  const range = (values: readonly number[]): [number, number] => [Math.min(...values), Math.max(...values)];
  const [left, right] = range(tokens.map(({ x }) => x));
  const [low, high] = range(tokens.map(({ y }) => y));
  const place = (value: number, from: number, to: number): number =>
    to > from ? (value - from) / (to - from) : 0.5;
  return new Map(
    tokens.map(({ id, x, y }) => [id, { x: place(x, left, right), y: 1 - place(y, low, high) }]),
  );
}

export interface Place {
  id: number;
  x: number;
  y: number;
  label: string;
}

/** Marks whose labels have room, in pixels: `first` gets its labels in any case, then the others in their order. */
export function labelled(places: readonly Place[], first: ReadonlySet<number>): Set<number> {
  const [CHARACTER, LINE, MARK] = [7, 11, 12];
  const drawn: Place[] = [];
  const overlaps = (a: Place, b: Place): boolean => {
    const [left, right] = a.x < b.x ? [a, b] : [b, a];
    return Math.abs(a.y - b.y) < LINE && right.x - left.x < MARK + CHARACTER * left.label.length;
  };
  const own = places.filter(({ id }) => first.has(id));
  for (const place of [...own, ...places.filter(({ id }) => !first.has(id))])
    if (first.has(place.id) || !drawn.some((other) => overlaps(place, other))) drawn.push(place);
  return new Set(drawn.map(({ id }) => id));
}

/** The groups in view, each with its number of tokens, and the group that its tokens have nearest in the map. */
export function groupsOf(
  tokens: readonly MappedToken[],
): { group: TokenGroup; count: number; nearest: TokenGroup }[] {
  return TOKEN_GROUPS.flatMap((group) => {
    const own = tokens.filter((token) => token.group === group);
    if (own.length === 0) return [];
    const votes = new Map<TokenGroup, number>();
    for (const token of own) {
      const near = nearestGroup(token, tokens);
      if (near) votes.set(near, (votes.get(near) ?? 0) + 1);
    }
    const [nearest = group] = [...votes].sort(([, a], [, b]) => b - a)[0] ?? [];
    return [{ group, count: own.length, nearest }];
  });
}

function nearestGroup(token: MappedToken, tokens: readonly MappedToken[]): TokenGroup | undefined {
  let nearest: TokenGroup | undefined;
  let distance = Infinity;
  for (const other of tokens) {
    const apart = (other.x - token.x) ** 2 + (other.y - token.y) ** 2;
    if (other.id !== token.id && apart < distance) [nearest, distance] = [other.group, apart];
  }
  return nearest;
}
