// Every mistake gives one error message and an exit code, and leaves no file behind.

import fs from 'node:fs';
import path from 'node:path';
import { TINY_FLAGS, cli, scratch, type Outcome } from './helpers/cli.ts';
import { english } from './helpers/texts.ts';

const folder = scratch();
const at = (name: string): string => path.join(folder, name);
const run = (...args: string[]): Promise<Outcome> => cli(args, folder);

beforeAll(async () => {
  fs.writeFileSync(at('text.txt'), english(3000));
  fs.writeFileSync(at('other.txt'), english(2000));
  fs.writeFileSync(at('empty.txt'), '');
  fs.writeFileSync(at('short.txt'), 'too short');
  fs.writeFileSync(at('picture.png'), new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 13, 1, 2, 3]));
  fs.mkdirSync(at('folder'));
  fs.symlinkSync('loop', at('loop'));
  const made = await run(
    'train',
    'text.txt',
    ...TINY_FLAGS,
    '--max_steps',
    '6',
    '--stop_at_step',
    '3',
    '--out',
    'model.safetensors',
  );
  expect(made.code).toBe(0);
  const model = fs.readFileSync(at('model.safetensors'));
  fs.writeFileSync(at('cut.safetensors'), model.subarray(0, model.length - 100));
  fs.writeFileSync(at('foreign.safetensors'), english(500));
});

const files = (): string[] => fs.readdirSync(folder).sort();

async function expectRefused(args: string[], code: number, sentence: RegExp): Promise<void> {
  const before = files();
  const model = fs.readFileSync(at('model.safetensors'));
  const out = await run(...args);
  expect(out.stderr).toMatch(sentence);
  expect(out.stderr).toMatch(/^mini-llm: [^\n]*\n$/);
  expect(out.stderr).not.toMatch(/\n +at |node:|\.ts|Error:/);
  expect(out).toMatchObject({ code, stdout: '' });
  expect(files()).toEqual(before);
  expect(fs.readFileSync(at('model.safetensors')).equals(model)).toBe(true);
}

const train = (...more: string[]): string[] => [
  'train',
  'text.txt',
  ...TINY_FLAGS,
  '--out',
  'new.safetensors',
  ...more,
];

describe('options (exit code 2)', () => {
  test.each<[string, string[], RegExp]>([
    ['n_embd and n_head', ['--n_embd', '100', '--n_head', '3'], /100 is not a multiple of 3/],
    ['NaN', ['--lr', 'NaN'], /--lr must be a number from 0 to 1000000, not "NaN"\./],
    ['out of range', ['--dropout', '1'], /--dropout must be a number from 0 to 0\.95, not 1\./],
    ['a fraction of a step', ['--max_steps', '1.5'], /--max_steps must be a whole number .* not 1\.5\./],
    ['negative', ['--batch_size', '-1'], /--batch_size .* not -1/],
    ['infinite', ['--temp', 'Infinity'], /--temp .* not "Infinity"/],
    ['no sample', ['--n', '0'], /--n must be a whole number from 1 to 64, not 0\./],
    ['min_p', ['--min_p', '1.5'], /--min_p must be a number from 0 to 1, not 1\.5\./],
    ['no penalty', ['--repetition_penalty', '0'], /--repetition_penalty must be .* from 0\.1 to 10, not 0\./],
    ['a word', ['--seed', 'lucky'], /--seed .* not "lucky"/],
    ['a build that is not there', ['--variant', 'fast'], /--variant must be one of auto, baseline/],
    [
      'builds that differ',
      ['--variant', 'relaxed', '--reproducible'],
      /relaxed build .* cannot be reproducible/,
    ],
    ['min_lr above lr', ['--lr', '1e-5', '--min_lr', '1e-4'], /min_lr \(0\.0001\) must not be above lr/],
    ['preset and resume', ['--preset', 'quick', '--resume', 'model.safetensors'], /cannot be combined/],
    ['a flag without its value', ['--lr'], /argument missing/],
    [
      'memory',
      ['--n_embd', '4096', '--n_layer', '64', '--batch_size', '64'],
      /would need about .*GB of memory/,
    ],
  ])('%s', async (_, flags, sentence) => {
    await expectRefused(train(...flags), 2, sentence);
  });

  test('an unknown flag is answered with the likeliest one', async () => {
    const out = await run(...train('--max_step', '3'));
    expect(out).toMatchObject({ code: 2 });
    expect(out.stderr).toMatch(/unknown option '--max_step' \(Did you mean --max_steps\?\)/);
  });

  test('no corpus, an unknown command', async () => {
    await expectRefused(['train'], 2, /missing required argument 'corpus'/);
    await expectRefused(['tarin'], 2, /unknown command 'tarin'/);
    await expectRefused(['bench', '--workloads', 'W7'], 2, /--workloads must be among W1, W2, W3, G1, G3/);
    await expectRefused(['bench', '--threads', '0'], 2, /--threads/);
  });
});

describe('texts (exit code 1, or 2 when an option would help)', () => {
  test.each<[string, string, number, RegExp]>([
    ['a missing one', 'nowhere.txt', 1, /There is no file nowhere\.txt/],
    ['a folder', 'folder', 1, /folder is a folder/],
    ['a device', '/dev/zero', 1, /is a device/],
    ['an empty one', 'empty.txt', 1, /empty\.txt is empty/],
    ['a short one', 'short.txt', 2, /has only 9 bytes, but a context \(seq_len\) of 16 needs at least 17/],
    ['a binary', 'picture.png', 1, /picture\.png does not look like text/],
  ])('%s', async (_, corpus, code, sentence) => {
    await expectRefused(['train', corpus, ...TINY_FLAGS, '--out', 'new.safetensors'], code, sentence);
  });
});

describe('outputs that cannot be written, refused before training (exit code 1)', () => {
  test.each<[string, string, RegExp]>([
    ['a missing folder', 'nowhere/model.safetensors', /The folder .*nowhere does not exist/],
    ['a folder', 'folder', /folder is a folder; give the name of a file/],
    ['a device', '/dev/null', /is a device/],
    ['a name that ends with a slash', 'new/', /new\/ is a folder; give the name of a file/],
    ['a link to itself', 'loop', /loop cannot be accessed: its links form a loop/],
    ['a file as a folder', 'text.txt/model.safetensors', /does not exist|cannot be written/],
    ['a read-only file system', '/proc/model.safetensors', /cannot be written/],
  ])('%s', async (_, out, sentence) => {
    await expectRefused(['train', 'text.txt', ...TINY_FLAGS, '--out', out], 1, sentence);
  });
});

describe('model files (exit code 1)', () => {
  test.each<[string, string, RegExp]>([
    ['missing', 'nowhere.safetensors', /There is no file nowhere\.safetensors/],
    ['cut off', 'cut.safetensors', /cut\.safetensors: .*\.$/m],
    ['foreign', 'foreign.safetensors', /foreign\.safetensors: .*\.$/m],
    ['empty', 'empty.txt', /empty\.txt: .*\.$/m],
    ['a folder', 'folder', /is a folder/],
  ])('%s', async (_, file, sentence) => {
    await expectRefused(['generate', file], 1, sentence);
    await expectRefused(['info', file], 1, sentence);
    await expectRefused(['train', 'text.txt', '--resume', file, '--out', 'new.safetensors'], 1, sentence);
  });
});

describe('resuming (exit code 2)', () => {
  const resume = (...more: string[]): string[] => [
    'train',
    'text.txt',
    '--resume',
    'model.safetensors',
    ...more,
  ];

  test('another text', async () => {
    await expectRefused(
      ['train', 'other.txt', '--resume', 'model.safetensors'],
      2,
      /other\.txt is not the text that this model was trained on /,
    );
  });

  test('another shape', async () => {
    await expectRefused(
      resume('--n_layer', '2'),
      2,
      /n_layer .* is 1 in the saved model and cannot become 2/,
    );
  });

  test('no steps left', async () => {
    await expectRefused(resume('--max_steps', '3'), 2, /already done 3 steps of 3; give a larger max_steps/);
  });
});

test('a loss that becomes NaN ends with advice, and the last good weights are saved', async () => {
  const flags = '--lr 1000 --min_lr 1000 --warmup_steps 0 --max_steps 400'.split(' ');
  const { code, stderr } = await run(
    'train',
    'text.txt',
    ...TINY_FLAGS,
    ...flags,
    '--out',
    'wild.safetensors',
  );
  expect(code).toBe(1);
  expect(stderr).toMatch(/mini-llm: .*(lr|learning rate).*\.\n$/);
  expect((await run('generate', 'wild.safetensors', '--max_new_tokens', '5')).code).toBe(0);
});
