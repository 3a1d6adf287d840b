// The words of the page: every language says everything that English says, with the same values in it.

import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { OPTIONS } from '../web/engine/options.ts';
import { markedParts } from '../web/app/lib/marked-text.ts';
import type { Words } from '../web/app/words/words.ts';
import { ENGLISH, leavesOf, said, VALUES, wordsOf, type Leaf } from './helpers/words.ts';

const FOLDER = fileURLToPath(new URL('../web/app/words/', import.meta.url));
const CODES = readdirSync(FOLDER)
  .filter((name) => /^..\.ts$/.test(name) && name !== 'en.ts')
  .map((name) => name.slice(0, 2));

/** Values that English quotes and other languages choose their own word for. */
const CHOSEN: Readonly<Record<string, number>> = { 'words.classLink.unknown': 0 };

/** Which values change what the sentence says. */
function used(sentence: Leaf): number[] {
  const before = said(sentence);
  return VALUES.flatMap((value, i) => {
    const changed = VALUES.map((other, at) => (at === i ? value * 1e7 : other));
    return said(sentence, changed) === before ? [] : [i];
  });
}

/** Names, and words that the languages share. */
const SHARED = [
  'nanoGPT',
  'WebAssembly SIMD',
  'WebAssembly relaxed SIMD',
  'GFLOP/s',
  'MFU',
  'Training',
  'Export',
  'Details',
  'Build',
  'Threads',
  'Tokens/s',
  'KV-Cache',
  'Token',
  'Tensor',
  'Norm',
  'Hangul',
  'Option',
  'Text',
];

/** Sentences that name a button or a field: they must use its label. */
const NAMED: readonly (readonly [sentence: (words: Words) => string, label: (words: Words) => string])[] = [
  [(w) => w.status.ready, (w) => w.run.train],
  [(w) => w.guide.steps.train.press, (w) => w.run.train],
  [(w) => w.guide.steps.prompt.press, (w) => w.write.generate],
  [(w) => w.sample.empty, (w) => w.run.train],
  [(w) => w.runs.none, (w) => w.run.train],
  [(w) => w.status.stopped(3), (w) => w.run.resume],
  [(w) => w.status.stopped(3), (w) => w.run.train],
  [(w) => w.status.opened, (w) => w.panels.write],
  [(w) => w.status.done(3), (w) => w.panels.write],
  [(w) => w.status.failedKept(3, true), (w) => w.run.resume],
  [(w) => w.status.failedKept(3, false), (w) => w.run.finetune],
  [(w) => w.notes.fixed('a', 'b', 'c'), (w) => w.run.train],
  [(w) => w.opened.resume, (w) => w.run.resume],
  [(w) => w.opened.longer, (w) => w.messages.longer],
  [(w) => w.opened.finetune, (w) => w.run.finetune],
  [(w) => w.run.sampleOptions('x'), (w) => w.write.title],
  [(w) => w.write.fieldSeed, (w) => w.options.seed.label],
  [(w) => w.fitted.inEnglish, (w) => w.presets.english.label],
  [(w) => w.settings.finetuningHelp, (w) => w.run.finetune],
  [(w) => w.settings.finetuningHelp, (w) => w.settings.all],
  [(w) => w.file.help, (w) => w.panels.runs],
  [(w) => w.file.noModel, (w) => w.panels.runs],
];

const marksOf = (text: string): string[] =>
  markedParts(text)
    .filter(({ kind }) => kind !== 'text')
    .map(({ kind, text, href }) => (kind === 'code' ? text : href))
    .sort();

test('there are languages beside English', () => {
  expect(CODES).toEqual(expect.arrayContaining(['de', 'ko']));
});

test.each(NAMED)('English names buttons and fields by their labels (%#)', (sentence, label) => {
  expect(sentence(ENGLISH)).toContain(label(ENGLISH));
});

describe.each(CODES)('%s', (code) => {
  let words: Words;
  beforeAll(async () => {
    words = await wordsOf(code);
  });

  test('has every text and sentence of English, and no other', () => {
    const kinds = (all: Map<string, Leaf>) => [...all].map(([path, leaf]) => [path, typeof leaf]).sort();
    expect(kinds(leavesOf(words))).toEqual(kinds(leavesOf(ENGLISH)));
  });

  test('has the same values in each sentence', () => {
    const own = leavesOf(words);
    for (const [path, sentence] of leavesOf(ENGLISH))
      expect([path, used(own.get(path)!)]).toEqual([path, used(sentence).filter((i) => i !== CHOSEN[path])]);
  });

  test('is not English', () => {
    const own = leavesOf(words);
    const same = [...leavesOf(ENGLISH)]
      .filter(([path, leaf]) => {
        const text = said(leaf);
        return /\p{L}/u.test(text) && text === said(own.get(path)!) && !SHARED.includes(text);
      })
      .map(([path]) => path);
    expect(same).toEqual([]);
  });

  test('has the same code and links in sentences with marks', () => {
    const own = leavesOf(words);
    for (const [path, leaf] of leavesOf(ENGLISH))
      expect([path, marksOf(said(own.get(path)!))]).toEqual([path, marksOf(said(leaf))]);
  });

  test.each(NAMED)('names buttons and fields by their labels (%#)', (sentence, label) => {
    expect(sentence(words)).toContain(label(words));
  });

  test('translates choices that exist, and keeps the name that recipes and the command line use', () => {
    const choices = OPTIONS.flatMap((option) => option.choices ?? []);
    for (const [choice, label] of Object.entries(words.choices)) {
      expect(choices).toContain(choice);
      expect(label).toMatch(new RegExp(`^${choice} \\(`));
    }
  });

  test('no text begins or ends with a space, or has two', () => {
    const odd = [...leavesOf(words)].filter(([path, leaf]) => {
      const text = said(leaf);
      return /^\s|\s$| {2}/.test(text) && !/^words\.(opened|offer)\./.test(path);
    });
    expect(odd.map(([path]) => path)).toEqual([]);
  });
});

describe('numbers', () => {
  test('German has decimal commas and plurals', async () => {
    const { format, copied, write, status } = await wordsOf('de');
    expect(format.loss(1.2345)).toBe('1,235');
    expect(format.count(12_345)).toBe('12.345');
    expect(format.bytes(1)).toBe('1 Byte');
    expect(format.bytes(1_234_567)).toBe('1,2 MB');
    expect(format.duration(200)).toBe('3 min 20 s');
    expect(format.parameters(804_608)).toBe('805 Tausend');
    expect(format.percent(0.425, 1)).toBe('42,5 %');
    expect(format.probability(0.00001)).toMatch(/^unter 0,01\s%$/);
    expect(write.speed(1, 10)).toBe('1 Token · 10 Tokens/s');
    expect(status.done(1)).toMatch(/^Fertig nach 1 Schritt\./);
    expect(status.done(2000)).toMatch(/^Fertig nach 2\.000 Schritten\./);
    expect(copied.share(0.5, 20)).toMatch(/^50\s% dieses Textes/);
    expect(format.tickLabels([0, 0.5], 0.5)).toEqual(['0,0', '0,5']);
  });

  test('Korean counts in ten thousands', async () => {
    const { format, runs } = await wordsOf('ko');
    expect(format.parameters(804_608)).toBe('80.5만');
    expect(format.parameters(9_999)).toBe('9,999');
    expect(format.parameters(null)).toBe('–');
    expect(format.bytes(12)).toBe('12바이트');
    expect(format.duration(3900)).toBe('1시간 5분');
    expect(format.estimate(200)).toBe('약 3분');
    expect(runs.parameters(804_608)).toBe('파라미터 80.5만개');
  });

  test('English has plurals', () => {
    expect(ENGLISH.status.done(1)).toMatch(/^Done: all 1 step\./);
    expect(ENGLISH.write.speed(1, 10)).toBe('1 token · 10 tokens/s');
    expect(ENGLISH.text.files(2)).toBe('2 files');
  });

  test.each([...CODES, 'en'])('what is not known yet is a dash in %s', async (code) => {
    const { format } = code === 'en' ? ENGLISH : await wordsOf(code);
    for (const shown of [
      format.count,
      format.loss,
      format.bytes,
      format.rate,
      format.duration,
      format.estimate,
    ])
      expect(shown(NaN)).toBe('–');
  });
});
