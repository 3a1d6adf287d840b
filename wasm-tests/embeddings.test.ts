// The map of embeddings, neighbors against brute force over the saved weights, and the groups of tokens.

import type { Model } from '../web/engine/core-objects.ts';
import type { Engine } from '../web/engine/engine.ts';
import {
  embeddingMap,
  frequentTokens,
  neighbors,
  type EmbeddingMap,
  type MappedToken,
} from '../web/engine/embeddings.ts';
import { dot } from '../web/engine/pca.ts';
import { groupOf, type TokenGroup } from '../web/engine/token-groups.ts';
import { aligned, groupsOf, labelled, positions } from '../web/app/lib/embedding-plot.ts';
import { sharedEngine, tiny, trained } from './helpers/engine.ts';
import { safetensorsArrays } from './helpers/arrays.ts';
import { english } from './helpers/texts.ts';

let engine: Engine;
beforeAll(async () => void (engine = await sharedEngine()));

describe.each([
  { arch: 'gpt2', tokenizer: 'byte', table: 'wte.weight' },
  { arch: 'qwen3', tokenizer: 'bpe', table: 'model.embed_tokens.weight' },
] as const)('of $arch with $tokenizer', ({ arch, tokenizer, table }) => {
  let model: Model;
  let rows: Float32Array;
  let ids: number[];
  beforeAll(async () => {
    const options = tiny({ arch, tokenizer, vocab_size: 300, max_steps: 60 });
    const { run } = await trained(engine, english(4000), options);
    const file = run.model.save();
    model = engine.loadModel(file);
    rows = safetensorsArrays(file)[table]!;
    ids = frequentTokens(model.tokenizer(), english(1000), 24);
    await run.delete();
  });
  afterAll(() => model.delete());

  const row = (id: number): Float32Array => rows.subarray(id * 16, (id + 1) * 16);
  const cosine = (a: number, b: number): number =>
    dot(row(a), row(b)) / Math.sqrt(dot(row(a), row(a)) * dot(row(b), row(b)));

  test('neighbors are those of brute force', () => {
    for (const id of ids.slice(0, 6)) {
      const found = neighbors(model, id, ids, 5);
      const expected = ids
        .filter((other) => other !== id)
        .map((other) => cosine(id, other))
        .sort((a, b) => b - a)
        .slice(0, 5);
      expect(found).toHaveLength(5);
      found.forEach(({ similarity }, i) => expect(similarity).toBeCloseTo(expected[i]!, 12));
      for (const { id: other, similarity } of found) expect(similarity).toBeCloseTo(cosine(id, other), 12);
    }
  });

  test('the map keeps as much of the differences as it says', () => {
    const { tokens, explained } = embeddingMap(model, ids);
    expect(tokens.map(({ id }) => id)).toEqual(ids);
    const mean = Array.from(
      { length: 16 },
      (_, i) => ids.reduce((sum, id) => sum + row(id)[i]!, 0) / ids.length,
    );
    const spread = ids.reduce((sum, id) => sum + mean.reduce((s, m, i) => s + (row(id)[i]! - m) ** 2, 0), 0);
    const shown = (of: 'x' | 'y'): number => tokens.reduce((sum, token) => sum + token[of] ** 2, 0) / spread;
    expect(explained[0]).toBeCloseTo(shown('x'), 6);
    expect(explained[1]).toBeCloseTo(shown('y'), 6);
    expect(explained[0]).toBeGreaterThanOrEqual(explained[1]);
    // No two tokens are farther apart in the map than in the table.
    for (const a of tokens)
      for (const b of tokens) {
        const apart = Math.sqrt(row(a.id).reduce((sum, x, i) => sum + (x - row(b.id)[i]!) ** 2, 0));
        expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeLessThanOrEqual(apart + 1e-5);
      }
    expect(embeddingMap(model, ids)).toEqual({ tokens, explained });
  });
});

test('frequent tokens come first', () => {
  using tokenizer = engine.byteTokenizer();
  expect(frequentTokens(tokenizer, 'aaabbcd', 3)).toEqual([97, 98, 99]);
  expect(frequentTokens(tokenizer, '', 3)).toEqual([]);
});

test.each([
  ['a', 'vowel'],
  ['é', 'vowel'],
  ['ü', 'vowel'],
  ['t', 'consonant'],
  ['y', 'consonant'],
  ['A', 'capital'],
  [' The', 'capital'],
  ['7', 'digit'],
  [' 1867', 'digit'],
  ['.', 'punctuation'],
  [',\n', 'punctuation'],
  ['$', 'punctuation'],
  [' ', 'space'],
  ['\r\n', 'space'],
  ['한', 'hangul'],
  [' 다람', 'hangul'],
  [' the', 'word'],
  [' a', 'word'],
  ['ing', 'piece'],
  ["n't", 'piece'],
  ['猫', 'other'],
  ['猫犬', 'piece'],
  ['я', 'vowel'],
  ['ж', 'consonant'],
  ['\u0000', 'other'],
  ['a1', 'other'],
])('%j is in the group %s', (text, group) => expect(groupOf(new TextEncoder().encode(text))).toBe(group));

test('a part of a character is in no other group', () => {
  expect(groupOf(Uint8Array.of(0xed, 0x95))).toBe('other');
});

describe('the drawing', () => {
  const token = (id: number, group: TokenGroup, x: number, y: number): MappedToken => ({
    id,
    text: 'a',
    group,
    x,
    y,
  });
  const map = (...tokens: MappedToken[]): EmbeddingMap => ({ tokens, explained: [1, 0] });

  test('is mirrored to lie as before', () => {
    const before = map(token(1, 'vowel', 1, 2), token(2, 'vowel', -1, -2));
    const next = map(token(1, 'vowel', -1.1, 2.1), token(2, 'vowel', 1.1, -2.1), token(3, 'digit', 5, 0));
    expect(aligned(next, before).tokens.map(({ x, y }) => [x, y])).toEqual([
      [1.1, 2.1],
      [-1.1, -2.1],
      [-5, 0],
    ]);
    expect(aligned(next, undefined)).toBe(next);
  });

  test('fills the map', () => {
    const places = positions([token(1, 'vowel', -2, 1), token(2, 'vowel', 2, 3), token(3, 'vowel', 0, 2)]);
    expect([...places.values()]).toEqual([
      { x: 0, y: 1 },
      { x: 1, y: 0 },
      { x: 0.5, y: 0.5 },
    ]);
  });

  test('says which group is nearest to each', () => {
    const tokens = [
      token(1, 'vowel', 0, 0),
      token(2, 'vowel', 1, 0),
      token(3, 'digit', 9, 0),
      token(4, 'space', 7, 0),
    ];
    expect(groupsOf(tokens)).toEqual([
      { group: 'vowel', count: 2, nearest: 'vowel' },
      { group: 'digit', count: 1, nearest: 'space' },
      { group: 'space', count: 1, nearest: 'digit' },
    ]);
  });

  test('leaves out labels that would cover each other, but for the chosen ones', () => {
    const place = (id: number, x: number): { id: number; x: number; y: number; label: string } => ({
      id,
      x,
      y: 0,
      label: 'abc',
    });
    const places = [place(1, 0), place(2, 10), place(3, 100)];
    expect(labelled(places, new Set())).toEqual(new Set([1, 3]));
    expect(labelled(places, new Set([2]))).toEqual(new Set([2, 3]));
  });
});
