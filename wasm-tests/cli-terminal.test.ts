// On a terminal: Ctrl-C, restoring cursor and line wrap, control characters, and the width of help.

import fs from 'node:fs';
import path from 'node:path';
import { TINY_FLAGS, cli, onTerminal, scratch } from './helpers/cli.ts';
import { english } from './helpers/texts.ts';

const folder = scratch();
const at = (name: string): string => path.join(folder, name);
const LONG = ['train', 'text.txt', ...TINY_FLAGS, '--max_steps', '1000000'];
const COLORS = '\x1b[31mred\x1b[0m ';
const QUICK = '--max_steps 150 --eval_every 0 --val_fraction 0'.split(' ');

beforeAll(async () => {
  fs.writeFileSync(at('text.txt'), english(3000));
  fs.writeFileSync(at('colors.txt'), COLORS.repeat(200));
  const made = await cli(
    ['train', 'colors.txt', ...TINY_FLAGS, ...QUICK, '--out', 'colors.safetensors'],
    folder,
  );
  expect(made).toMatchObject({ code: 0 });
});

/** Expects that cursor and line wrap were last switched on (h, not l). */
function expectRestored(screen: string): void {
  for (const mode of ['?25', '?7']) {
    const switches = screen.split(`\x1b[${mode}`).slice(1);
    expect(switches.at(-1)?.[0]).toBe('h');
  }
}

test('one Ctrl-C that arrives twice saves and restores the terminal', async () => {
  const { child, done, printed } = onTerminal([...LONG, '--out', 'stopped.safetensors'], folder);
  await printed('\x1b[?25l');
  child.stdin.write('\x03\x03');
  const { code, stdout } = await done;
  expect(code).toBe(130);
  expect(stdout).toContain('Stopping and saving');
  expect(stdout).toMatch(/Saved\S* +stopped\.safetensors/);
  expectRestored(stdout);
  expect((await cli(['info', 'stopped.safetensors'], folder)).code).toBe(0);
});

test('Ctrl-\\ restores the terminal too', async () => {
  const { child, done, printed } = onTerminal([...LONG, '--out', 'left.safetensors'], folder);
  await printed('\x1b[?25l');
  child.stdin.write('\x1c');
  const { code, stdout } = await done;
  expect(code).toBe(131);
  expectRestored(stdout);
  expect(stdout).toMatch(/\x1b\[0m$/); // eslint-disable-line no-control-regex
});

describe('control characters', () => {
  const GENERATE = [
    'generate',
    'colors.safetensors',
    '--prompt',
    'red',
    '--temp',
    '0',
    '--max_new_tokens',
    '40',
  ];

  test('of a model are made visible on a terminal and unchanged in a pipe', async () => {
    const piped = await cli(GENERATE, folder);
    expect(piped.stdout).toContain('\x1b[31mred');
    const { stdout } = await onTerminal(GENERATE, folder).done;
    expect(stdout).toContain('␛[31mred');
    // eslint-disable-next-line no-control-regex
    expect(stdout.replace(/\x1b\[(1|22)m/g, '')).not.toContain('\x1b');
  });

  test('in file names and metadata are made visible', async () => {
    const name = 'a\x1b]0;b\x07\u009b\u202e\n.safetensors';
    const model = fs.readFileSync(at('colors.safetensors'), 'latin1');
    const hash = /corpus_sha256\\":\\"(\w+)/.exec(model)![1]!;
    const crafted = model.replace(hash, String.raw`\\u001b[2J\\n`.padEnd(hash.length, 'x'));
    fs.writeFileSync(at(name), crafted, 'latin1');
    const described = await onTerminal(['info', name], folder, 200).done;
    expect(described.stdout).toContain('a␛]0;b␇\\u009b\\u202e␊.safetensors');
    expect(described.stdout).toContain('␛[2J␊xxx');
    const missing = await onTerminal(['info', `no${name}`], folder, 200).done;
    expect(missing.stdout).toContain('There is no file noa␛]0;b␇');
    for (const { stdout } of [described, missing]) expect(stdout).not.toMatch(/[\x1b\x07\u009b\u202e]/); // eslint-disable-line no-control-regex
  });
});

test.each([44, 60, 100])('help fits a terminal of %i columns', async (columns) => {
  for (const args of [['--help'], ['train', '--help']]) {
    const { stdout } = await onTerminal(args, folder, columns).done;
    const lines = stdout.split('\r\n');
    expect(lines.filter((line) => line.length > columns)).toEqual([]);
    expect(lines.length).toBeGreaterThan(10);
  }
});
