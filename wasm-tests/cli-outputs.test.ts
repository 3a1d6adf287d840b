// A command never replaces its inputs, files of another kind, or files that another run is writing.

import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { TINY_FLAGS, cli, jsonLines, scratch, start, type Outcome, type Running } from './helpers/cli.ts';
import { english } from './helpers/texts.ts';

const folder = scratch();
const at = (name: string): string => path.join(folder, name);
const run = (...args: string[]): Promise<Outcome> => cli(args, folder);
const TRAIN = ['train', 'text.txt', ...TINY_FLAGS, '--max_steps', '3'];
const LONG = ['train', 'text.txt', ...TINY_FLAGS, '--max_steps', '1000000', '--json'];

beforeAll(async () => {
  fs.writeFileSync(at('text.txt'), english(3000));
  fs.writeFileSync(at('notes.txt'), 'precious');
  fs.mkdirSync(at('folder'));
  fs.symlinkSync('text.txt', at('link.txt'));
  fs.symlinkSync('.', at('here'));
  fs.linkSync(at('text.txt'), at('hard.txt'));
  expect(await run(...TRAIN, '--stop_at_step', '2', '--out', 'm.safetensors')).toMatchObject({ code: 0 });
  const finetuned = ['--init_from', 'm.safetensors', '--lora_rank', '2', '--max_steps', '2'];
  expect(await run('train', 'text.txt', ...finetuned, '--out', 'lora.safetensors')).toMatchObject({
    code: 0,
  });
});

/** Every file of the folder with the hash of its content. */
const contents = (): [string, string][] =>
  fs
    .readdirSync(folder)
    .sort()
    .filter((name) => fs.statSync(at(name)).isFile())
    .map((name) => [
      name,
      createHash('sha256')
        .update(fs.readFileSync(at(name)))
        .digest('hex'),
    ]);

async function expectRefused(args: readonly string[], sentence: RegExp): Promise<void> {
  const before = contents();
  const outcome = await run(...args);
  expect(outcome.stderr).toMatch(/^mini-llm: [^\n]*\.\n$/);
  expect(outcome.stderr).toMatch(sentence);
  expect(outcome).toMatchObject({ code: 2, stdout: '' });
  expect(contents()).toEqual(before);
}

describe('an output that is an input is refused', () => {
  test.each<[string, string[], RegExp]>([
    ['the text', [...TRAIN, '--out', 'text.txt'], /--out text\.txt would replace the text, text\.txt/],
    ['under another spelling', [...TRAIN, '--out', './folder/../text.txt'], /would replace the text/],
    ['through a link', [...TRAIN, '--out', 'link.txt'], /would replace the text/],
    ['through a linked folder', [...TRAIN, '--out', 'here/text.txt'], /would replace the text/],
    ['through a hard link', [...TRAIN, '--out', 'hard.txt'], /would replace the text/],
    [
      'the model of --init_from',
      ['train', 'text.txt', '--init_from', 'm.safetensors', '--out', 'here/m.safetensors'],
      /would replace the model of --init_from/,
    ],
    [
      'a text that is the model too',
      ['train', 'm.safetensors', '--resume', 'm.safetensors'],
      /--resume m\.safetensors would replace the text/,
    ],
    [
      'export --tokenizer',
      ['export', 'm.safetensors', '--tokenizer', 'm.safetensors'],
      /would replace the model/,
    ],
    [
      'export --adapter',
      ['export', 'lora.safetensors', '--adapter', './lora.safetensors'],
      /--adapter .* would replace the model/,
    ],
    [
      'bench --json',
      ['bench', 'text.txt', '--time_to', '2', '--json', 'text.txt'],
      /--json text\.txt would replace the text/,
    ],
    ['by force as well', [...TRAIN, '--out', 'text.txt', '--force'], /would replace the text/],
  ])('%s', async (_, args, sentence) => expectRefused(args, sentence));

  test('two outputs in one file', async () => {
    await expectRefused(
      ['export', 'lora.safetensors', '--tokenizer', 'new.json', '--adapter', 'here/new.json'],
      /--tokenizer and --adapter both name new\.json/,
    );
  });
});

describe('a file of another kind is refused', () => {
  beforeAll(async () => {
    for (const [flag, file] of [
      ['--tokenizer', 'tokenizer.json'],
      ['--adapter', 'adapter.safetensors'],
    ] as const)
      expect(await run('info', 'lora.safetensors', flag, file)).toMatchObject({ code: 0 });
  });

  test.each<[string, string[], RegExp]>([
    [
      'a text for a model',
      [...TRAIN, '--out', 'notes.txt'],
      /notes\.txt exists and is not a model .*--force/,
    ],
    ['an adapter for a model', [...TRAIN, '--out', 'adapter.safetensors'], /is not a model/],
    [
      'a model for a tokenizer',
      ['export', 'm.safetensors', '--tokenizer', 'lora.safetensors'],
      /is not a tokenizer/,
    ],
    [
      'a model for an adapter',
      ['export', 'lora.safetensors', '--adapter', 'm.safetensors'],
      /is not an adapter/,
    ],
    ['a tokenizer for a report', ['bench', '--json', 'tokenizer.json'], /is not a report/],
    [
      'a flag in place of a name',
      ['bench', '--json', '--quick'],
      /--json needs the name of a file, not "--quick"/,
    ],
  ])('%s', async (_, args, sentence) => {
    await expectRefused(args, sentence);
  });

  test('unless it is empty or --force is given', async () => {
    fs.writeFileSync(at('other.txt'), 'not so precious');
    fs.writeFileSync(at('empty.safetensors'), '');
    const outs = [['other.txt', '--force'], ['empty.safetensors'], ['empty.safetensors']];
    for (const more of outs) expect(await run(...TRAIN, '--out', ...more)).toMatchObject({ code: 0 });
    expect((await run('info', 'other.txt')).code).toBe(0);
  });

  test('a report replaces a report', async () => {
    const bench =
      'bench --json report.json --workloads G1 --contexts 16 --threads 1 --variant baseline'.split(' ');
    for (let i = 0; i < 2; i++)
      expect(await run(...bench, '--quick', '--seconds', '0.01')).toMatchObject({ code: 0 });
  });
});

test('--resume saves to the model it goes on with, and --out may say so', async () => {
  fs.copyFileSync(at('m.safetensors'), at('r.safetensors'));
  const resume = ['train', 'text.txt', '--resume', 'r.safetensors', '--max_steps'];
  expect(await run(...resume, '3')).toMatchObject({ code: 0 });
  expect(await run(...resume, '4', '--out', './r.safetensors')).toMatchObject({ code: 0 });
  expect(JSON.parse((await run('info', 'r.safetensors', '--json')).stdout)).toMatchObject({ step: 4 });
});

describe('two runs at once', () => {
  async function running(...args: string[]): Promise<Running> {
    const one = start([...LONG, ...args], folder);
    await one.printed('"step":1,');
    return one;
  }

  async function end({ child, done }: Running): Promise<void> {
    child.kill('SIGINT');
    expect(await done).toMatchObject({ code: 130 });
  }

  test('the second that would write the same file is refused at its start', async () => {
    const first = await running('--out', 'both.safetensors');
    const second = await run(...TRAIN, '--out', 'here/both.safetensors');
    expect(second).toMatchObject({ code: 2, stdout: '' });
    expect(second.stderr).toMatch(/^mini-llm: Another run of mini-llm is writing here\/both\.safetensors; /);
    await end(first);
    expect(await run(...TRAIN, '--out', 'both.safetensors')).toMatchObject({ code: 0 });
  });

  test('a killed run holds no lock', async () => {
    const { child, done } = await running('--out', 'killed.safetensors');
    child.kill('SIGKILL');
    await done;
    expect(await run(...TRAIN, '--out', 'killed.safetensors')).toMatchObject({ code: 0 });
  });

  test('without --out each run uses and prints its own name', async () => {
    const runs = [start(LONG, folder), start(LONG, folder)];
    await Promise.all(runs.map(({ printed }) => printed('"step":1,')));
    for (const one of runs) await end(one);
    const names: unknown[] = [];
    for (const { done } of runs) {
      const [first] = jsonLines((await done).stdout);
      expect(first).toMatchObject({ event: 'output' });
      names.push(first?.['file']);
    }
    expect(names.sort()).toEqual(['model-2.safetensors', 'model.safetensors']);
    for (const name of names) expect((await run('info', name as string)).code).toBe(0);
    expect((await run(...TRAIN)).stderr).toContain('Saves   to model-3.safetensors');
  });
});

describe('temporary files of killed saves', () => {
  const temporary = (pid: number): string => `.mini-llm-${pid}-0123abcd.tmp`;

  test('are removed by the next run, except those of a live process', async () => {
    const { child, done } = start(['--version'], folder);
    await done; // no process has this id now
    const earlier = `.model.safetensors.${child.pid}.tmp`;
    const [dead, alive] = [temporary(child.pid!), temporary(process.pid)];
    for (const name of [dead, earlier, alive]) fs.writeFileSync(at(name), 'half a mod');
    expect((await run(...TRAIN, '--out', 'm2.safetensors')).code).toBe(0);
    for (const name of [dead, earlier]) expect(fs.existsSync(at(name))).toBe(false);
    expect(fs.existsSync(at(alive))).toBe(true);
  });
});

test('a model whose folder was deleted is saved elsewhere, and the error says where', async () => {
  fs.mkdirSync(at('gone'));
  const { child, done, printed } = start(
    [...LONG, '--out', 'gone/m.safetensors', '--save_every', '5'],
    folder,
  );
  await printed('"step":3,');
  fs.rmSync(at('gone'), { recursive: true });
  await printed('"step":20,');
  child.kill('SIGINT');
  const { code, stderr } = await done;
  expect(code).toBe(1);
  const saved =
    /gone\/m\.safetensors could not be written: its folder does not exist.* saved as (\S+m(-\d+)?\.safetensors) instead/.exec(
      stderr,
    )?.[1];
  expect((await run('info', saved!)).code).toBe(0);
});
