// The parts of `npm run study` that only count, plan and write tables, with invented figures.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

// Research modules are plain JavaScript; the parts that these tests use get their types here.
const research = async <T>(name: string): Promise<T> =>
  (await import(new URL(`../research/study/${name}.mjs`, import.meta.url).href)) as T;

interface Pair {
  text: string;
  name: string;
  seconds: number[];
}
interface Selection {
  texts: string[];
  configurations: string[];
  compressors: string[];
  seconds: number[];
  seeds: number;
  complete: boolean;
}
interface Times {
  sampled: number;
  whole: number;
}
interface Store {
  once: (parts: object, work: () => unknown) => Promise<unknown>;
}
interface Result {
  text: string;
  name: string;
  bits: number;
  seconds?: number;
  words?: number;
  ended?: number | null;
}
const { pairsOf, stepsThatFit, comparesAll, runOptions } = await research<{
  pairsOf: (selection: Selection) => Pair[];
  stepsThatFit: (seconds: number, times: Times, share: number) => number;
  comparesAll: (options: object) => boolean;
  runOptions: (options: object, steps: number) => object;
}>('plan');
const { keyOf, Store } = await research<{
  keyOf: (parts: object) => string;
  Store: new (folder: string, resume: boolean) => Store;
}>('store');
const { bitsCell, textTable, briefTable } = await research<{
  bitsCell: (results: object[]) => string;
  textTable: (text: string, study: object) => string;
  briefTable: (study: object) => string;
}>('page');
const { selection } = await research<{ selection: (argv: string[]) => Selection }>('selection');
const { TEXTS } = await research<{ TEXTS: Record<string, { title: string; make: () => Buffer }> }>('texts');
const { CONFIGURATIONS, SECONDS } = await research<{
  CONFIGURATIONS: Record<string, { seconds: Record<string, number[]> }>;
  SECONDS: number[];
}>('configurations');

describe('the steps that fit', () => {
  test('count the last share, which compares all tokens, with its own time', () => {
    const times = { sampled: 10, whole: 20 };
    const steps = stepsThatFit(12, times, 0.2);
    expect(steps).toBe(1000);
    expect(0.8 * steps * times.sampled + 0.2 * steps * times.whole).toBeCloseTo(12_000);
    expect(stepsThatFit(1, { sampled: 300, whole: 300 }, 0.2)).toBe(3);
    expect(stepsThatFit(1, { sampled: 9000, whole: 9000 }, 0.2)).toBe(1);
  });

  test.each([
    [{ softmax_tokens: 512, tokenizer: 'bpe', vocab_size: 4096 }, false],
    [{ softmax_tokens: 0, tokenizer: 'bpe', vocab_size: 4096 }, true],
    [{ softmax_tokens: 512, tokenizer: 'bpe', vocab_size: 384 }, true],
    [{ softmax_tokens: 512, tokenizer: 'byte', vocab_size: 4096 }, true],
  ])('%j compares all tokens: %s', (options, all) => {
    expect(comparesAll(options)).toBe(all);
  });

  test('are evaluated as often as the preset is', () => {
    const preset = { max_steps: 1600, eval_every: 100 };
    expect(runOptions(preset, 320)).toEqual({ max_steps: 320, eval_every: 20, eval_batches: 0 });
    expect(runOptions(preset, 4)).toMatchObject({ eval_every: 1 });
  });
});

describe('the plan', () => {
  test('names texts and durations that exist', () => {
    for (const { seconds } of Object.values(CONFIGURATIONS)) {
      expect(Object.keys(TEXTS)).toEqual(expect.arrayContaining(Object.keys(seconds)));
      expect(SECONDS).toEqual(expect.arrayContaining(Object.values(seconds).flat()));
    }
  });

  test('is a part of the study, or any other duration for each of its pairs', () => {
    const part = (...argv: string[]): Pair[] => pairsOf(selection(argv));
    expect(part('--texts', 'english', '--configurations', 'standard,adamw', '--seconds', '10,30')).toEqual([
      { text: 'english', name: 'standard', seconds: [10, 30] },
      { text: 'english', name: 'adamw', seconds: [10] },
    ]);
    expect(part('--texts', 'korean', '--configurations', 'standard,english', '--seconds', '2')).toEqual([
      { text: 'korean', name: 'standard', seconds: [2] },
    ]);
  });

  test('is complete with three seeds and without a selection', () => {
    expect(selection([])).toMatchObject({ complete: true, compressors: ['xz', 'ppmd', 'zpaq'] });
    expect(selection(['--seeds', '1']).complete).toBe(false);
    expect(selection(['--seconds', '10']).complete).toBe(false);
    expect(() => selection(['--texts', 'french'])).toThrow(/--texts must be among .*korean.*, not "french"/);
  });
});

describe('the texts', () => {
  test.each(Object.entries(TEXTS))('%s has the size in its title', (_, { title, make }) => {
    const [, size, unit] = /^(\d+) (kB|MB) of/.exec(title) ?? [];
    const bytes = make().length / (unit === 'MB' ? 1e6 : 1e3);
    expect(Math.abs(bytes - Number(size))).toBeLessThanOrEqual(1);
  });
});

describe('results that are kept', () => {
  test('are known by what they depend on, in any order', () => {
    expect(keyOf({ a: 1, b: { c: 2, d: 3 } })).toBe(keyOf({ b: { d: 3, c: 2 }, a: 1 }));
    expect(keyOf({ seed: 1 })).not.toBe(keyOf({ seed: 2 }));
  });

  test('are used again by a study that resumes, and only by that', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mini-llm-study-test-'));
    try {
      let worked = 0;
      const work = (): object => ({ bits: ++worked });
      const first = new Store(folder, false);
      await Promise.all([first.once({ seed: 1 }, work), first.once({ seed: 1 }, work)]);
      expect(worked).toBe(1);
      expect(await new Store(folder, true).once({ seed: 1 }, work)).toEqual({ bits: 1 });
      expect(await new Store(folder, true).once({ seed: 2 }, work)).toEqual({ bits: 2 });
      expect(await new Store(folder, false).once({ seed: 1 }, work)).toEqual({ bits: 3 });
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
});

describe('the tables', () => {
  const result = (name: string, seconds: number, bits: number, more = {}): Result => ({
    ...{ text: 't', name, seconds, bits, words: 0.5, ended: null },
    ...more,
  });
  const study = {
    texts: [{ name: 't', title: 'a text' }],
    rows: [
      { name: 'standard', title: 'Standard' },
      { name: 'english', title: 'From English' },
      { name: 'xz', title: 'xz -9e', programs: ['xz'] },
    ],
    seconds: [10, 30, 120],
    times: new Map([
      ['t standard', { sampled: 9.1, whole: 17.24 }],
      ['t english', { sampled: 40, whole: 40 }],
    ]),
    results: [
      result('standard', 10, 2.2),
      result('standard', 10, 2.1, { words: 0.75 }),
      result('standard', 10, 2.3),
      result('standard', 30, 2.05),
      result('english', 10, 1.9, { ended: 27 }),
      { text: 't', name: 'xz', bits: 2 },
    ],
  };

  test('give the median, the range and where runs ended', () => {
    expect(bitsCell([])).toBe('');
    expect(bitsCell([{ bits: 2, ended: null }])).toBe('2.000');
    const early = [
      { bits: 2.2, ended: 40 },
      { bits: 2.1, ended: null },
      { bits: 2.15, ended: 60 },
    ];
    expect(bitsCell(early)).toBe('2.150 (2.100–2.200), ended at step 40–60');
  });

  test('have a row for each configuration that ran, and the best of a column in bold', () => {
    expect(textTable('t', study).split('\n')).toEqual([
      '| configuration | ms/step | 10 s | words | 30 s | words | 120 s | words |',
      '| --- | --: | --: | --: | --: | --: | --: | --: |',
      '| Standard | 9.1, 17.2 | 2.200 (2.100–2.300) | 50 % | 2.050 | 50 % |  |  |',
      '| From English | 40.0 | **1.900**, ended at step 27 | 50 % |  |  |  |  |',
      '| xz -9e |  | 2.000 |  | **2.000** |  | **2.000** |  |',
      '',
    ]);
  });

  test('are short in docs/BENCHMARKS.md', () => {
    expect(briefTable(study).split('\n')).toEqual([
      '|  | Standard, 10 s | 30 s | From English, 10 s | xz -9e |',
      '| --- | --: | --: | --: | --: |',
      '| a text | 2.200 | 2.050 | 1.900 | 2.000 |',
      '',
    ]);
  });
});
