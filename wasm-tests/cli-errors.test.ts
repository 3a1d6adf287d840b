// Signals and errors during a run: Ctrl-C saves, a killed process has autosaves, a closed pipe or full disk is an error.

import fs from 'node:fs';
import path from 'node:path';
import { TINY_FLAGS, cli, cliWithin, jsonLines, scratch, shell, start, type Outcome } from './helpers/cli.ts';
import { english } from './helpers/texts.ts';

const folder = scratch();
beforeAll(() => fs.writeFileSync(path.join(folder, 'text.txt'), english(3000)));

const LONG = ['train', 'text.txt', ...TINY_FLAGS, '--max_steps', '1000000', '--json'];

async function stepOf(file: string): Promise<number> {
  const { stdout } = await cli(['info', file, '--json'], folder);
  return (JSON.parse(stdout) as { step: number }).step;
}

test.each<[NodeJS.Signals, number]>([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
])('%s saves and exits with %i', async (signal, code) => {
  const out = `${signal}.safetensors`;
  const { child, done, printed } = start([...LONG, '--out', out], folder);
  await printed('"step":5,');
  child.kill(signal);
  const outcome = await done;
  expect(outcome.code).toBe(code);
  const last = jsonLines(outcome.stdout).at(-1);
  expect(last).toMatchObject({ event: 'done', reason: 'stopped' });
  expect(await stepOf(out)).toBe(last?.['step']);
});

test('a signal repeated within half a second, as by npx, counts once', async () => {
  const { child, done, printed } = start([...LONG, '--out', 'twice.safetensors'], folder);
  await printed('"step":5,');
  child.kill('SIGINT');
  await new Promise((resolve) => setTimeout(resolve, 10));
  child.kill('SIGTERM');
  const { code, stdout } = await done;
  expect(code).toBe(130);
  expect(await stepOf('twice.safetensors')).toBe(jsonLines(stdout).at(-1)?.['step']);
});

test('a model saved by Ctrl-C resumes at its step', async () => {
  const { child, done, printed } = start([...LONG, '--out', 'go-on.safetensors'], folder);
  await printed('"step":3,');
  child.kill('SIGINT');
  await done;
  const step = await stepOf('go-on.safetensors');
  const { stdout, code } = await cli(
    ['train', 'text.txt', '--resume', 'go-on.safetensors', '--stop_at_step', String(step + 2), '--json'],
    folder,
  );
  expect(code).toBe(0);
  expect(jsonLines(stdout)[0]).toMatchObject({ event: 'step', step: step + 1 });
});

test('a killed process leaves its last autosave', async () => {
  const { child, done, printed } = start(
    [...LONG, '--out', 'killed.safetensors', '--eval_every', '10'],
    folder,
  );
  await printed('"step":25,');
  child.kill('SIGKILL');
  await done;
  expect((await stepOf('killed.safetensors')) % 10).toBe(0);
});

test('when the reader of the events exits, the model is saved and the reason printed', async () => {
  const { child, done, printed } = start([...LONG, '--out', 'unread.safetensors'], folder);
  await printed('"step":3,');
  child.stdout.destroy();
  const { code, stderr } = await done;
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^mini-llm: The reader of the output has exited, so training stopped at step \d+; the model is saved in unread\.safetensors\.\n$/,
  );
  expect(await stepOf('unread.safetensors')).toBeGreaterThan(2);
});

test('when a save fails, the old file stays, no temporary file is left, and the error says so', async () => {
  fs.writeFileSync(path.join(folder, 'full.safetensors'), 'precious');
  const before = fs.readdirSync(folder);
  const args = ['train', 'text.txt', ...TINY_FLAGS, '--max_steps', '4', '--eval_every', '2'];
  const { code, stderr } = await cliWithin(
    '-f 16',
    [...args, '--out', 'full.safetensors', '--force'],
    folder,
  );
  expect(code).toBe(1);
  expect(stderr).toMatch(/full\.safetensors could not be written: .* Training continues\./);
  expect(stderr).toMatch(
    /mini-llm: full\.safetensors could not be written: .* the file that was there is unchanged\.\n$/,
  );
  expect(fs.readFileSync(path.join(folder, 'full.safetensors'), 'utf8')).toBe('precious');
  expect(fs.readdirSync(folder)).toEqual(before);
});

const inShell = (script: string): Promise<Outcome> => shell(script, folder);

test('output to a full disk is an error', async () => {
  await cli(['train', 'text.txt', ...TINY_FLAGS, '--max_steps', '2', '--out', 'model.safetensors'], folder);
  const generate = 'generate model.safetensors --seed 1';
  for (const words of ['--version', 'train --help', 'info model.safetensors --json', generate])
    expect(await inShell(`"$@" ${words} > /dev/full`)).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(
        /^mini-llm: The (output|text) cannot be written: the disk is full\.\n$/,
      ) as string,
    });
});

test('a deleted current folder is an error', async () => {
  const { code, stderr } = await inShell('mkdir gone && cd gone && rmdir ../gone && "$@" train text.txt');
  expect(code).toBe(1);
  expect(stderr).toMatch(/^mini-llm: [^\n]*the current folder no longer exists; change to another one\.\n$/);
});

describe('limited address space (ulimit -v)', () => {
  const TRAIN = ['train', 'text.txt', ...TINY_FLAGS, '--max_steps', '2', '--out', 'scarce.safetensors'];

  test('too little is an error', async () => {
    for (const args of [TRAIN, ['bench', '--quick']]) {
      const { code, stderr } = await cliWithin('-v 8000000', args, folder);
      expect(code).toBe(1);
      expect(stderr).toMatch(/^mini-llm: [^\n]*does not give WebAssembly the memory[^\n]*\.\n$/);
    }
  });

  test('a little is enough for one thread', async () => {
    const { code, stderr } = await cliWithin('-v 14000000', [...TRAIN, '--threads', '2'], folder);
    expect(stderr).toMatch(/^Only one thread runs: the limit on addresses \(ulimit -v\) is 14\.3 GB\./);
    expect(code).toBe(0);
  });
});
