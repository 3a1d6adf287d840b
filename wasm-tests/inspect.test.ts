// Looking inside a model: candidates, attention, the lens and ablation, and the names of heads.

import { sampleOptions } from '../web/engine/convert.ts';
import type { Model } from '../web/engine/core-objects.ts';
import type { Engine } from '../web/engine/engine.ts';
import { describeHeads, headText, repeatedTokens } from '../web/engine/heads.ts';
import {
  ablation,
  attention,
  continuation,
  cutToContext,
  followed,
  lens,
  nextTokens,
} from '../web/engine/inspect.ts';
import type { Options } from '../web/engine/options.ts';
import { sharedEngine, spoken, tiny, trained } from './helpers/engine.ts';
import { english } from './helpers/texts.ts';

let engine: Engine;
let model: Model;
let tokens: number[];
beforeAll(async () => {
  engine = await sharedEngine();
  const { run } = await trained(engine, english(3000), tiny({ n_layer: 2, max_steps: 150 }));
  model = engine.loadModel(run.model.save());
  await run.delete();
  tokens = [...model.tokenizer().encode('the old king')];
});
afterAll(() => model.delete());

const options = (values: Partial<Options>): ReturnType<typeof sampleOptions> =>
  sampleOptions({ ...tiny(), max_new_tokens: 1, ...values });
const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

describe('the next token', () => {
  test.each([
    { temp: 1, top_k: 0 },
    { temp: 0.7, top_k: 5 },
    { temp: 1.5, top_k: 0, top_p: 0.8 },
    { temp: 1, top_k: 0, min_p: 0.1, repetition_penalty: 1.5 },
    { temp: 0 },
  ])('is drawn from the candidates, as often as they say: %j', async (values) => {
    const { candidates, kept } = nextTokens(model, { tokens }, options(values), 256);
    expect(sum(candidates.map(({ before }) => before))).toBeCloseTo(1, 5);
    expect(sum(candidates.map(({ after }) => after))).toBeCloseTo(1, 5);
    expect(candidates.filter(({ after }) => after > 0)).toHaveLength(kept);
    const counts = new Map<string, number>();
    const n = 64;
    const seeds = 8;
    for (let seed = 0; seed < seeds; seed++) {
      const { samples } = await spoken(engine, model, options({ ...values, n, seed }), 'the old king');
      for (const { text } of samples) counts.set(text, (counts.get(text) ?? 0) + 1);
    }
    for (const { text, after } of candidates) {
      if (text.startsWith('⟨')) continue; // a byte that is no character is not shown by itself
      const [expected, deviation] = [n * seeds * after, Math.sqrt(n * seeds * after * (1 - after))];
      expect(Math.abs((counts.get(text) ?? 0) - expected)).toBeLessThanOrEqual(5 * deviation + 1);
    }
  });

  // Almost: bytes that would not continue valid UTF-8 are never drawn.
  test('without filters is what the model says', () => {
    const { candidates } = nextTokens(model, { tokens }, options({ temp: 1, top_k: 0 }), 3);
    for (const { before, after } of candidates) expect(after).toBeCloseTo(before, 3);
    expect(candidates[0]!.before).toBeGreaterThan(candidates[1]!.before);
  });

  test('is dropped by top-k from the k-th on', () => {
    const { candidates, kept } = nextTokens(model, { tokens }, options({ temp: 1, top_k: 2 }), 4);
    expect(kept).toBe(2);
    expect(candidates.map(({ after }) => after > 0)).toEqual([true, true, false, false]);
  });

  test('the mean of what followed is the loss', () => {
    const probabilities = followed(model, { tokens });
    expect(probabilities[0]).toBeUndefined();
    const loss = sum(probabilities.slice(1).map((p) => -Math.log(p!))) / (tokens.length - 1);
    expect(loss).toBeCloseTo(model.loss(Uint32Array.from(tokens)), 4);
  });
});

test('the rows of every map of attention sum to 1, and no token sees a later one', () => {
  const { n_layer, n_head, n_tokens, weights } = attention(model, { tokens });
  expect([n_layer, n_head, n_tokens]).toEqual([2, 2, 12]);
  for (let row = 0; row < n_layer * n_head * n_tokens; row++) {
    const seen = [...weights.subarray(row * n_tokens, (row + 1) * n_tokens)];
    expect(sum(seen)).toBeCloseTo(1, 5);
    expect(seen.slice((row % n_tokens) + 1).every((weight) => weight === 0)).toBe(true);
  }
});

test('the lens ends with what the model says', () => {
  const rows = lens(model, { tokens }, 3);
  expect(rows.map(({ layer }) => layer)).toEqual([0, 1, 2]);
  const { candidates } = nextTokens(model, { tokens }, options({ temp: 1, top_k: 0 }), 3);
  expect(rows[2]!.candidates.map(({ id, probability }) => [id, probability])).toEqual(
    candidates.map(({ id, before }) => [id, before]),
  );
});

test('ablation says by how much the loss changes, and a part that is off changes everything', () => {
  const { loss, heads, layers } = ablation(model, { tokens });
  expect([layers.length, heads.length, heads[0]!.length]).toEqual([2, 2, 2]);
  const off = [{ layer: 0 }];
  expect(ablation(model, { tokens, off }).loss).toBeCloseTo(loss + layers[0]!, 6);
  expect(ablation(model, { tokens, off: [{ layer: 1, head: 1 }] }).loss).toBeCloseTo(loss + heads[1]![1]!, 6);
  expect(Math.abs(layers[0]!)).toBeGreaterThan(0.01);
  expect(lens(model, { tokens, off }, 1)[1]!.candidates).toEqual(
    lens(model, { tokens, off }, 1)[0]!.candidates,
  );
  expect(() => ablation(model, { tokens, off: [{ layer: 5 }] })).toThrow(/2 layers with 2 heads/);
});

test('the likeliest continuation is that of greedy generation', async () => {
  const { text } = await spoken(engine, model, options({ temp: 0, max_new_tokens: 4 }), 'the old king');
  expect(continuation(model, { tokens }, 4)).toBe(text);
});

test('looking changes no weight, and a long text is cut to the context', () => {
  const before = model.save();
  attention(model, { tokens });
  ablation(model, { tokens });
  expect(model.save()).toEqual(before);
  const long = [...model.tokenizer().encode(english(100))];
  expect(cutToContext(model, long)).toEqual(long.slice(-16));
  expect(() => attention(model, { tokens: long })).toThrow('Give 1 to 16 tokens, the context, not 100.');
});

describe('heads are named by where they look', () => {
  const n = 12;
  /** One head that looks only at `where(row)`. */
  const looking = (length: number, where: (row: number) => number): Float32Array => {
    const weights = new Float32Array(length * length);
    for (let row = 0; row < length; row++) weights[row * length + Math.max(0, where(row))] = 1;
    return weights;
  };
  const text = Array.from({ length: n }, (_, i) => i);
  const repeated = repeatedTokens(text, { ...tinyConfig(), seq_len: 64 });

  function tinyConfig(): Parameters<typeof repeatedTokens>[1] {
    return model?.config() ?? ({ vocab_size: 256, seq_len: 64 } as Parameters<typeof repeatedTokens>[1]);
  }

  test('repeated tokens are the text’s own, twice, each once a time', () => {
    const half = repeated.slice(0, repeated.length / 2);
    expect(new Set(half)).toEqual(new Set(text));
    expect(half).toHaveLength(n);
    expect(repeated).toEqual([...half, ...half]);
    expect(half).not.toEqual(text);
  });

  test.each([
    ['previous', (row: number) => row - 1, 'looks at the token before (100 %)'],
    ['self', (row: number) => row, 'looks at the token itself (100 %)'],
    ['first', () => 0, 'looks at the first token (100 %)'],
    [
      'induction',
      (row: number, half: number) => (row >= half ? row - half + 1 : Math.floor(row / 2)),
      'looks at the token that followed the last time (induction) (100 %)',
    ],
    [
      'repeat',
      (row: number, half: number) => (row >= half ? row - half : Math.floor(row / 2)),
      'looks at the same token earlier on (100 %)',
    ],
  ] as const)('%s', (kind, where, words) => {
    const half = repeated.length / 2;
    const at = (row: number): number => where(row, half);
    // On the text, which repeats nothing, the last two look halfway back.
    const [note] = describeHeads(
      { n_head: 1, tokens: text, weights: looking(n, (row) => where(row, Infinity)) },
      { tokens: repeated, weights: looking(repeated.length, at) },
    );
    expect(note).toEqual({ kind, share: 1 });
    expect(headText(note!)).toBe(words);
  });

  test('one that looks everywhere has no name', () => {
    const even = (length: number): Float32Array =>
      Float32Array.from({ length: length * length }, (_, i) =>
        i % length <= Math.floor(i / length) ? 1 / (Math.floor(i / length) + 1) : 0,
      );
    const [note] = describeHeads(
      { n_head: 1, tokens: text, weights: even(n) },
      { tokens: repeated, weights: even(repeated.length) },
    );
    expect(note!.kind).toBe('mixed');
    expect(headText(note!)).toBe('looks at many tokens');
  });
});
