import { makeCorpus } from '../web/engine/corpus.ts';
import type { Engine } from '../web/engine/engine.ts';
import {
  OPTIONS,
  defaults,
  isOptionName,
  optionsOf,
  type OptionName,
  type Options,
} from '../web/engine/options.ts';
import { prepareTraining } from '../web/engine/prepare.ts';
import { OptionError, checked, optionText, parseOption, problems, renamed } from '../web/engine/validate.ts';
import { sharedEngine } from './helpers/engine.ts';
import { english } from './helpers/texts.ts';

let engine: Engine;
beforeAll(async () => (engine = await sharedEngine()));

describe('the table of options', () => {
  test('has every expected name', () => {
    const names = (
      'arch n_kv_head seq_len batch_size grad_accum n_layer n_head n_embd dropout lr min_lr warmup_steps weight_decay beta1 beta2 ' +
      'grad_clip max_steps stop_at_step eval_every eval_batches sample_every val_fraction seed threads variant ' +
      'temp top_k top_p min_p repetition_penalty max_new_tokens n cache int8 stop prompt'
    ).split(' ');
    expect(names.filter((name) => !isOptionName(name))).toEqual([]);
  });

  test('has each name once, with a label and a help text', () => {
    expect(new Set(OPTIONS.map((row) => row.name)).size).toBe(OPTIONS.length);
    for (const row of OPTIONS) {
      expect(row.label).not.toBe('');
      expect(row.help.length).toBeGreaterThan(15);
    }
  });

  test('the defaults are valid, and the recommended values', () => {
    expect(problems(defaults())).toEqual([]);
    expect(defaults()).toMatchObject({
      arch: 'qwen3',
      tokenizer: 'bpe',
      optimizer: 'muon',
      schedule: 'linear',
      min_lr: 0,
      beta1: 0.8,
      beta2: 0.99,
      weight_decay: 0.3,
      grad_clip: 1,
      dropout: 0,
      val_fraction: 0.1,
      temp: 0.8,
      top_k: 40,
    });
  });

  test('each number refuses NaN and values just outside its range', () => {
    for (const row of OPTIONS.filter((r) => r.type === 'int' || r.type === 'float'))
      for (const bad of [(row.min ?? row.above!) - 1, (row.max as number) + 1, NaN, Infinity, '3', undefined])
        expect(() => checked(defaults(), { [row.name]: bad })).toThrow(row.name);
  });

  test('the seed belongs to training and to generation', () => {
    expect(optionsOf('train').map((r) => r.name)).toContain('seed');
    expect(optionsOf('sample').map((r) => r.name)).toContain('seed');
    expect(optionsOf('train', 'sample').filter((r) => r.name === 'seed')).toHaveLength(1);
  });
});

describe('parsing', () => {
  test.each<[OptionName, string, unknown]>([
    ['max_steps', '2000', 2000],
    ['max_steps', '2e3', 2000],
    ['max_steps', '1,000', 1000],
    ['max_steps', '1 000', 1000],
    ['max_steps', '1\u202f000\u00a0000', 1_000_000],
    ['max_steps', '1.000.000', 1_000_000],
    ['max_steps', '1’234', 1234],
    ['max_steps', '١٢٣', 123],
    ['max_steps', '۱۲۳', 123],
    ['max_steps', '५००', 500],
    ['max_steps', '１，０００', 1000],
    ['max_steps', '\u200f٢٠٠\u200f', 200],
    ['max_steps', '+5', 5],
    ['temp', '0,8', 0.8],
    ['temp', ' 0,8 ', 0.8],
    ['temp', '٠٫٨', 0.8],
    ['temp', '０．８', 0.8],
    ['temp', ',5', 0.5],
    ['temp', '1,25', 1.25],
    ['temp', '1.125', 1.125],
    ['temp', '0,125', 0.125],
    ['grad_clip', '1,000.5', 1000.5],
    ['grad_clip', '1.000,5', 1000.5],
    ['grad_clip', '1 000,5', 1000.5],
    ['grad_clip', '1,000,000', 1_000_000],
    ['grad_clip', '1 000', 1000],
    ['lr', '1,5e−3', 0.0015],
    ['lr', '1e–3', 0.001],
    ['lr', '1e-3', 0.001],
    ['lr', '.5', 0.5],
    ['seed', '4294967295', 4294967295],
    ['prompt', ' spaces stay ', ' spaces stay '],
    ['cache', 'false', false],
    ['variant', 'baseline', 'baseline'],
    ['n', '64', 64],
    ['stop', '', []],
    ['stop', 'one\n two \n\nthree', ['one', ' two ', 'three']],
    ['stop', String.raw`\n\n`, ['\n\n']],
    ['stop', String.raw`a\\nb\d`, [String.raw`a\nb\d`]],
  ])('%s takes %j', (name, text, value) => {
    expect(parseOption(name, text)).toEqual(value);
  });

  test.each<[OptionName, string]>([
    ['max_steps', '1.5'],
    ['max_steps', ''],
    ['max_steps', '0x10'],
    ['max_steps', '10 steps'],
    ['max_steps', '-1'],
    ['max_steps', '−1'],
    ['max_steps', '1,5'],
    ['max_steps', '1.000'],
    ['max_steps', '10²'],
    ['max_steps', '1,00,00'],
    ['max_steps', '12 34'],
    ['grad_clip', '1,000'],
    ['lr', '1,234'],
    ['lr', '1.2.3'],
    ['lr', '0,1,2'],
    ['lr', '1,000,00'],
    ['lr', '½'],
    ['lr', 'NaN'],
    ['lr', 'Infinity'],
    ['lr', '1e999'],
    ['lr', '--'],
    ['top_p', '1.01'],
    ['min_p', '1.01'],
    ['repetition_penalty', '0'],
    ['n', '0'],
    ['n', '65'],
    ['seed', '4294967296'],
    ['variant', 'fast'],
    ['cache', 'maybe'],
  ])('%s refuses %j with a sentence that repeats it', (name, text) => {
    const refuse = (): unknown => parseOption(name, text);
    expect(refuse).toThrow(OptionError);
    expect(refuse).toThrow(new RegExp(`^${name} must be .*not .*\\.$`));
    if (text !== '') expect(refuse).toThrow(text);
  });
});

describe('a number that could be read in two ways', () => {
  test.each<[OptionName, string, string]>([
    ['grad_clip', '1,000', '1000 or 1'],
    ['lr', '12,345', '12345 or 12.345'],
    ['max_steps', '1.000', '1000 or 1'],
    ['max_steps', '1.500', '1500 or 1.5'],
  ])('%s: the message names both readings of %j', (name, text, both) => {
    expect(() => parseOption(name, text)).toThrow(`which could be ${both}; write ${both}.`);
  });
});

describe('a message', () => {
  const label = (name: OptionName): string => OPTIONS.find((row) => row.name === name)!.label;

  test('calls an option by its label on the page', () => {
    expect(() => parseOption('temp', 'hot', label('temp'))).toThrow(/^Temperature must be a number from 0/);
    expect(problems({ ...defaults(), n_layer: 0 }, label)[0]).toMatch(/^Layers must be/);
    expect(renamed(engine.mismatches({ ...defaults(), n_embd: 100, n_head: 3 })[0]!, label)).toBe(
      'Width must be a multiple of Heads, but 100 is not a multiple of 3; try Width 99 or Heads 2.',
    );
  });

  test('uses only labels on the page, whichever options do not fit', () => {
    const misfits = [
      { n_embd: 100, n_head: 3 },
      { n_head: 4, n_kv_head: 3 },
      { n_embd: 6, n_head: 2 },
      { arch: 'gpt2', n_kv_head: 1 },
      { lr: 1e-5, min_lr: 1e-4 },
    ] as const;
    for (const misfit of misfits) {
      const told = engine
        .mismatches({ ...defaults(), ...misfit })
        .map((sentence) => renamed(sentence, label))
        .join(' ');
      expect(told).not.toBe('');
      expect(told).not.toMatch(/\b[a-z]+_[a-z_]+\b/);
    }
  });
});

describe('a list of texts', () => {
  test('from a repeated flag is taken one by one, including line feeds', () => {
    expect(parseOption('stop', ['a\nb', '', '\n', String.raw`\n\\`])).toEqual(['a\nb', '\n', '\n\\']);
  });

  test('is the same after writing and parsing its text', () => {
    const texts = ['a', ' b ', '\n', '\\n', '\\\\', 'c\nd\\', '\r\n', '🐈'];
    expect(parseOption('stop', optionText(texts))).toEqual(texts);
  });

  test.each(['text', [1], null])('is not %j', (value) => {
    expect(() => checked(defaults(), { stop: value })).toThrow(/^stop must be a list of texts, not .*\.$/);
  });
});

describe('options that must fit each other', () => {
  const refused = (values: Partial<Options>): Promise<unknown> =>
    prepareTraining(engine, { ...defaults(), ...values }, makeCorpus(english(3000)));

  test('n_embd and n_head, with values that would fit', async () => {
    await expect(refused({ n_embd: 100, n_head: 3 })).rejects.toThrow(
      new OptionError(
        'n_embd must be a multiple of n_head, but 100 is not a multiple of 3; try n_embd 99 or n_head 2.',
      ),
    );
  });

  test('min_lr and lr', async () => {
    await expect(refused({ lr: 1e-5, min_lr: 1e-4 })).rejects.toThrow(
      new OptionError('min_lr (0.0001) must not be above lr (0.00001); training goes from lr to min_lr.'),
    );
  });

  test('every wrong value is reported at once', () => {
    expect(problems({ ...defaults(), n_layer: 0, lr: NaN })).toHaveLength(2);
  });

  test('an unknown name is refused', () => {
    expect(() => checked(defaults(), { n_layers: 3 })).toThrow('no option called n_layers');
  });
});
