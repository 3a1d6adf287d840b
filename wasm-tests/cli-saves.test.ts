// --save_every in steps or seconds, --keep, and the list of a folder's models.

import fs from 'node:fs';
import path from 'node:path';
import { TINY_FLAGS, cli, jsonLines, scratch, start, type Outcome } from './helpers/cli.ts';
import { english } from './helpers/texts.ts';

const folder = scratch();
const at = (name: string): string => path.join(folder, name);
const run = (...args: string[]): Promise<Outcome> => cli(args, folder);
const TRAIN = ['train', 'text.txt', ...TINY_FLAGS, '--reproducible'];

beforeAll(() => fs.writeFileSync(at('text.txt'), english(3000)));

async function done(...args: string[]): Promise<Outcome> {
  const outcome = await run(...args);
  expect(outcome).toMatchObject({ code: 0 });
  return outcome;
}

async function stepOf(file: string): Promise<number> {
  return (JSON.parse((await done('info', file, '--json')).stdout) as { step: number }).step;
}

const named = (start: string): string[] =>
  fs
    .readdirSync(folder)
    .filter((name) => name.startsWith(start))
    .sort();

describe('--keep', () => {
  test('keeps the newest older saves, each whole and named by its step', async () => {
    const flags = ['--max_steps', '10', '--save_every', '3', '--keep', '2', '--out', 'kept.safetensors'];
    await done(...TRAIN, ...flags);
    expect(named('kept')).toEqual(['kept.safetensors', 'kept.step-6.safetensors', 'kept.step-9.safetensors']);
    expect(await stepOf('kept.safetensors')).toBe(10);
    for (const step of [6, 9]) expect(await stepOf(`kept.step-${step}.safetensors`)).toBe(step);
    const whole = fs.readFileSync(at('kept.safetensors'));
    await done('train', 'text.txt', '--resume', 'kept.step-6.safetensors');
    expect(fs.readFileSync(at('kept.step-6.safetensors')).equals(whole)).toBe(true);
  });

  test('goes on when the run is resumed, and spares the files of another run', async () => {
    fs.writeFileSync(at('more.step-99.safetensors'), '');
    const flags = ['--max_steps', '20', '--keep', '2', '--save_every', '3'];
    await done(...TRAIN, ...flags, '--stop_at_step', '8', '--out', 'more.safetensors');
    const before = ['more.safetensors', 'more.step-3.safetensors', 'more.step-6.safetensors'];
    expect(named('more')).toEqual([...before, 'more.step-99.safetensors']);
    const resume = ['train', 'text.txt', '--resume', 'more.safetensors', '--keep', '2', '--save_every', '3'];
    await done(...resume, '--stop_at_step', '10');
    expect(named('more')).toEqual([
      'more.safetensors',
      'more.step-8.safetensors',
      'more.step-9.safetensors',
      'more.step-99.safetensors',
    ]);
    expect(await stepOf('more.step-8.safetensors')).toBe(8);
  });

  test('never replaces a file that is not a model, and says so once', async () => {
    for (const step of [2, 4]) fs.writeFileSync(at(`text.step-${step}.safetensors`), 'precious');
    const flags = ['--max_steps', '5', '--save_every', '2', '--keep', '5', '--out', 'text.safetensors'];
    const { stderr } = await done(...TRAIN, ...flags);
    expect(stderr).toMatch(
      /The save of step 2 is not kept: \S+text\.step-2\.safetensors exists and is not a model/,
    );
    expect(fs.readFileSync(at('text.step-2.safetensors'), 'utf8')).toBe('precious');
    expect(await stepOf('text.safetensors')).toBe(5);
  });

  test('without it there is one file', async () => {
    await done(...TRAIN, '--max_steps', '6', '--save_every', '2', '--out', 'one.safetensors');
    expect(named('one')).toEqual(['one.safetensors']);
  });
});

describe('--save_every', () => {
  test('in seconds saves while it trains, between validations', async () => {
    const flags = ['--max_steps', '1000000', '--eval_every', '0', '--save_every', '0.1s', '--json'];
    const { child, done: ended } = start([...TRAIN, ...flags, '--out', 'timed.safetensors'], folder);
    const saves = new Set<number>();
    while (saves.size < 3 && child.exitCode === null) {
      if (fs.existsSync(at('timed.safetensors'))) saves.add(fs.statSync(at('timed.safetensors')).mtimeMs);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    child.kill('SIGKILL');
    await ended;
    expect(saves.size).toBe(3);
    expect(await stepOf('timed.safetensors')).toBeGreaterThan(0);
  });

  test.each(['-1', '2.5', '0s', 'often', '10 steps', '30 m', '1e9'])(
    'refuses %s with a sentence',
    async (value) => {
      const { code, stderr } = await run(...TRAIN, '--save_every', value);
      expect(stderr).toBe(
        `mini-llm: --save_every must be a number of steps, such as 100, or a time, such as 30s or 10min, not "${value}".\n`,
      );
      expect(code).toBe(2);
    },
  );
});

describe('runs', () => {
  beforeAll(async () => {
    fs.mkdirSync(at('models'));
    const out = (name: string): string[] => ['--out', `models/${name}.safetensors`];
    await done(...TRAIN, '--max_steps', '4', '--stop_at_step', '3', ...out('part'));
    await done(...TRAIN, '--max_steps', '2', '--eval_batches', '2', ...out('whole'));
    await done('export', 'models/whole.safetensors', '--weights', 'models/weights.safetensors');
    fs.writeFileSync(at('models/notes.txt'), 'no model');
    fs.writeFileSync(at('models/other.safetensors'), 'of another program');
    ['part', 'whole', 'weights'].forEach((name, i) =>
      fs.utimesSync(at(`models/${name}.safetensors`), 0, new Date(2026, 0, 5, 9, 7 + i)),
    );
  });

  test('lists the models of a folder, the newest first, with step, losses, size and date', async () => {
    const { stdout, stderr } = await done('runs', 'models');
    expect(stderr).toBe('');
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/));
    expect(rows[0]).toEqual(['3 models in models; losses in nats per token']);
    expect(rows[2]).toEqual(['file', 'step', 'of', 'loss', 'validation', 'bits/byte', 'size', 'saved']);
    expect(rows.slice(4).map(([file]) => file)).toEqual([
      'weights.safetensors',
      'whole.safetensors',
      'part.safetensors',
    ]);
    expect(rows[4]!.slice(1, 6)).toEqual(['–', '–', '–', '–', '–']);
    expect(rows[5]!.slice(1, 3)).toEqual(['2', '2']);
    for (const loss of rows[5]!.slice(3, 6)) expect(loss).toMatch(/^\d\.\d{3}$/);
    expect(rows[6]).toMatchObject({ 1: '3', 2: '4', 4: '–', 7: '2026-01-05 09:07' });
  });

  test('--json prints one object per model, with the losses that info shows', async () => {
    const models = jsonLines((await done('runs', 'models', '--json')).stdout);
    expect(models).toHaveLength(3);
    const info = JSON.parse((await done('info', 'models/whole.safetensors', '--json')).stdout) as Record<
      string,
      unknown
    >;
    const file = at('models/whole.safetensors');
    expect(models[1]).toEqual({
      file: 'whole.safetensors',
      kind: 'model',
      step: 2,
      max_steps: 2,
      train_loss: info['train_loss'],
      val_loss: info['val_loss'],
      val_bits_per_byte: info['val_bits_per_byte'],
      bytes: fs.statSync(file).size,
      modified: fs.statSync(file).mtime.toISOString(),
    });
  });

  test('an empty folder, a file and a missing folder are told apart', async () => {
    fs.mkdirSync(at('empty'));
    expect(await run('runs', 'empty')).toEqual({ code: 0, stdout: '', stderr: 'empty holds no models.\n' });
    expect(await run('runs', 'text.txt')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/is a file; name a folder/) as string,
    });
    expect(await run('runs', 'none')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'mini-llm: There is no folder none.\n',
    });
  });
});
