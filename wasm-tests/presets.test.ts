import { modelConfig, trainOptions } from '../web/engine/convert.ts';
import { makeCorpus } from '../web/engine/corpus.ts';
import type { Engine } from '../web/engine/engine.ts';
import { estimate } from '../web/engine/estimate.ts';
import { flopsPerStep } from '../web/engine/estimate.ts';
import { explainDefaults } from '../web/engine/text-defaults.ts';
import { defaults, type Options } from '../web/engine/options.ts';
import { DEFAULT_PRESET, PRESETS, presetOptions } from '../web/engine/presets.ts';
import { problems } from '../web/engine/validate.ts';
import { loadNodeEngine } from '../web/engine/node.ts';
import { sharedEngine, tiny } from './helpers/engine.ts';
import { english } from './helpers/texts.ts';

let engine: Engine;
beforeAll(async () => (engine = await sharedEngine()));

const NAMES = PRESETS.map((p) => p.name);

test.each(NAMES)('preset %s is valid and explained', (name) => {
  expect([...problems(presetOptions(name)), ...engine.mismatches(presetOptions(name))]).toEqual([]);
  expect(PRESETS.find((p) => p.name === name)?.help).toMatch(/^\p{Lu}.*\.$/u);
});

test('the default preset is the defaults', () => {
  expect(presetOptions(DEFAULT_PRESET)).toEqual(defaults());
});

test('each preset from nothing is at least as large and slow as the one before, except nanogpt', () => {
  const all = NAMES.filter((name) => !['english', 'nanogpt'].includes(name)).map((name) =>
    estimate(engine, presetOptions(name), 100_000),
  );
  for (const key of ['n_parameters', 'memory_bytes', 'seconds'] as const) {
    const values = all.map((e) => e[key]);
    expect(values).toEqual([...values].sort((a, b) => a - b));
  }
});

describe('a text’s length', () => {
  const short = presetOptions('standard', 20_000);
  const middle = presetOptions('standard', 190_000);
  const long = presetOptions('standard', 1_100_000);

  test('decides the tokenizer and dropout', () => {
    expect(short).toMatchObject({ tokenizer: 'byte', dropout: 0.1, embedding_init: 'random' });
    expect(middle).toMatchObject({ tokenizer: 'bpe', vocab_size: 768, dropout: 0.1 });
    expect(long).toEqual(defaults());
    expect(presetOptions('thorough', 190_000)).toMatchObject({ n_layer: 2, n_embd: 64, max_steps: 2400 });
    expect(presetOptions('nanogpt', 190_000)).toEqual(presetOptions('nanogpt'));
    for (const options of [short, middle, long]) expect(problems(options)).toEqual([]);
  });

  test('is explained only if it changed the options', () => {
    expect(explainDefaults(short, 20_000)).toMatch(
      /^For a text of this length it is read byte by byte, .*; a small model, .*\.$/,
    );
    expect(explainDefaults(middle, 190_000)).toMatch(
      /it is cut into 768 different tokens; a small model, dropout \(0\.1\)/,
    );
    expect(explainDefaults(long, 1_100_000)).toBe('');
    expect(explainDefaults({ ...short, dropout: 0 }, 20_000)).toBe('');
  });
});

test('twice as fast a machine needs half the time', () => {
  const at = (peak: number): number => estimate(engine, defaults(), 100_000, peak).seconds;
  expect(at(40)).toBeCloseTo(at(20) / 2, 6);
});

test('the time estimate includes Muon', () => {
  const seconds = (optimizer: Options['optimizer']): number =>
    estimate(engine, { ...presetOptions('nanogpt'), optimizer }, 100_000).seconds;
  // A block has four matrices of 128 x 128 and two of 128 x 512, each with nine products of 128 x 128.
  const muon = 4 * 128 ** 2 * (4 * (9 * 128 + 3 * 128) + 2 * (9 * 128 + 3 * 512));
  expect(seconds('muon') / seconds('adamw')).toBeCloseTo(1 + muon / 3.93e9, 2);
});

test('the operations of the workloads W1 to W3 are counted as documented', () => {
  const w1 = presetOptions('nanogpt');
  const w2 = { ...w1, seq_len: 128, batch_size: 16 };
  const w3 = { ...w1, n_layer: 6, n_embd: 384, seq_len: 256, batch_size: 4 };
  expect(flopsPerStep(engine, w1) / 1e9).toBeCloseTo(3.93, 2);
  expect(flopsPerStep(engine, w2) / 1e9).toBeCloseTo(11.27, 2);
  expect(flopsPerStep(engine, w3) / 1e9).toBeCloseTo(72.5, 1);
  expect(engine.flopsPerToken(modelConfig(w1))).toBe(72 * 4 * 128 * 128 + 12 * 4 * 64 * 128);
});

/** The heap grows in steps of 16 MB. */
const inSteps = (bytes: number): number => Math.ceil(bytes / 2 ** 24) * 2 ** 24;

describe('the estimate of memory', () => {
  const shapes: [string, Partial<Options>][] = [
    ['a gated model', { arch: 'qwen3', n_embd: 96, n_layer: 2, seq_len: 64, batch_size: 8 }],
    ['a wide model', { n_embd: 192, n_head: 6, n_layer: 1, seq_len: 32, batch_size: 2 }],
    ['a long context', { n_embd: 32, n_layer: 2, seq_len: 512, batch_size: 2 }],
    ['a large batch with dropout', { n_embd: 32, n_layer: 2, seq_len: 64, batch_size: 64, dropout: 0.1 }],
    ['a large vocabulary', { tokenizer: 'bpe', vocab_size: 8192, n_embd: 64, seq_len: 64, batch_size: 8 }],
    ['a long text', {}],
  ];

  test.each(shapes)('covers what %s takes, including a save, and is not far above', async (name, values) => {
    const own = await loadNodeEngine();
    const empty = own.heapBytes();
    const options = tiny({ ...values, eval_every: 2 });
    const corpus = makeCorpus(english(name === 'a long text' ? 8_000_000 : 20_000));
    const estimated = own.estimateMemory(modelConfig(options), trainOptions(options), corpus.bytes.length);
    using trainer = own.createTrainer(modelConfig(options), trainOptions(options), corpus);
    for (let steps = 0; steps < 3;) if (trainer.advance(1e6).kind === 'step') steps++;
    trainer.save();
    expect(own.heapBytes()).toBeLessThanOrEqual(inSteps(estimated * 1.02));
    expect(estimated).toBeLessThan(own.heapBytes() * 2 + empty);
  });
});
