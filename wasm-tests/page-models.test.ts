// Model files saved and opened on the page are the same bytes as those of the command line.

import { makeCorpus } from '../web/engine/corpus.ts';
import { prepareTraining } from '../web/engine/prepare.ts';
import { presetOptions } from '../web/engine/presets.ts';
import { Run } from '../web/engine/run.ts';
import { checked } from '../web/engine/validate.ts';
import { loadNodeEngine } from '../web/engine/node.ts';
import { fingerprint } from './helpers/engine.ts';
import { checkpointInfo, openModel, savedModel } from './helpers/page-files.ts';
import {
  alerts,
  button,
  nanoGptPreset,
  dropFile,
  generated,
  reachStep,
  setOptions,
  textArea,
  tinyModel,
  until,
  usePage,
  setSampling,
} from './helpers/page.ts';
import { english } from './helpers/texts.ts';
import type { Page } from 'playwright-core';

async function write(page: Page): Promise<string> {
  await setSampling(page, { Prompt: 'my aunt', Length: 120, Seed: 7 });
  await button(page, 'Generate').click();
  await until(async () => (await generated(page).getAttribute('aria-busy')) === 'false');
  return (await generated(page).textContent()) ?? '';
}

/** Sets up the run of trainedInNode() on the page. */
async function shortRun(page: Page, steps: number): Promise<void> {
  await nanoGptPreset(page);
  await setOptions(page, {
    Layers: 2,
    Heads: 2,
    Width: 32,
    'Context length': 32,
    'Batch size': 4,
    Steps: steps,
    Dropout: 0.1,
    Seed: 7,
    'Warm-up steps': 2,
    'Validation batches': 2,
  });
}

async function trainedInNode(text: string, max_steps: number, reproducible = false): Promise<Uint8Array> {
  const engine = await loadNodeEngine({ reproducible });
  const shape = { n_layer: 2, n_head: 2, n_embd: 32, seq_len: 32, batch_size: 4, dropout: 0.1 };
  const options = checked(presetOptions('nanogpt'), {
    ...shape,
    max_steps,
    seed: 7,
    warmup_steps: 2,
    eval_batches: 2,
  });
  const run = new Run(engine, await prepareTraining(engine, options, makeCorpus(text)));
  await run.start();
  const file = run.save();
  await run.delete();
  return file;
}

describe('models on the page', () => {
  const { open } = usePage();

  test('a saved model, opened again after a reload, generates the same text', async () => {
    const { page } = await open();
    await textArea(page).fill(english(4000));
    await tinyModel(page, 60);
    await button(page, 'Train').click();
    await page.getByText('Done: all 60 steps.').waitFor();
    const before = await write(page);
    const file = await savedModel(page);
    await page.reload();
    await dropFile(page, 'mine.safetensors', file);
    await page.getByText(/“mine.safetensors”: .* trained for 60 steps/).waitFor();
    expect(await write(page)).toBe(before);
    expect(fingerprint(await savedModel(page))).toBe(fingerprint(file));
  });

  test.each([false, true])(
    'the same seed, text and options give the same checkpoint on the page and in Node (reproducible: %s)',
    async (reproducible) => {
      const { page } = await open();
      const text = english(5000);
      await textArea(page).fill(text);
      await shortRun(page, 25);
      await setOptions(page, { Reproducible: reproducible });
      await button(page, 'Train').click();
      await page.getByText('Done: all 25 steps.').waitFor();
      expect(fingerprint(await savedModel(page))).toBe(
        fingerprint(await trainedInNode(text, 25, reproducible)),
      );
    },
  );

  test('a run that is stopped, saved and opened again ends with the same bytes as an uninterrupted one', async () => {
    const { page } = await open();
    const text = english(5000);
    await textArea(page).fill(text);
    await shortRun(page, 800);
    await button(page, 'Train').click();
    await reachStep(page, 20);
    await button(page, 'Stop').click();
    await button(page, 'Resume').waitFor();
    const half = await savedModel(page);
    await page.reload();
    await textArea(page).fill(text);
    await openModel(page, 'half.safetensors', half);
    await button(page, 'Resume').click();
    await page.getByText('Done: all 800 steps.').waitFor();
    expect(fingerprint(await savedModel(page))).toBe(fingerprint(await trainedInNode(text, 800)));
  });

  test('Resume with another text is refused', async () => {
    const { page } = await open();
    await textArea(page).fill(english(4000));
    await tinyModel(page, 5000);
    await button(page, 'Train').click();
    await reachStep(page, 5);
    await button(page, 'Stop').click();
    await button(page, 'Resume').waitFor();
    const file = await savedModel(page);
    await page.reload();
    await textArea(page).fill('Something else. '.repeat(100));
    await openModel(page, 'half.safetensors', file);
    await button(page, 'Resume').click();
    await alerts(page).filter({ hasText: 'is not the text that' }).waitFor();
  });

  test('a foreign and a truncated file are refused, and the current model stays', async () => {
    const { page } = await open();
    await textArea(page).fill(english(4000));
    await tinyModel(page, 20);
    await button(page, 'Train').click();
    await page.getByText('Done: all 20 steps.').waitFor();
    const file = await savedModel(page);
    await openModel(page, 'photo.safetensors', new TextEncoder().encode('not a model at all'));
    await alerts(page).filter({ hasText: '“photo.safetensors” could not be opened.' }).waitFor();
    await openModel(page, 'cut.safetensors', file.subarray(0, file.length - 100));
    await alerts(page).filter({ hasText: '“cut.safetensors” could not be opened.' }).waitFor();
    expect((await write(page)).length).toBeGreaterThan(100);
  });

  test('after a crash of the worker its model generates, can be saved and resumed, and Train works', async () => {
    const { page } = await open();
    await textArea(page).fill(english(4000));
    await tinyModel(page, 1_000_000);
    await button(page, 'Train').click();
    await reachStep(page, 50);
    await page.workers()[0]!.evaluate(() => {
      setTimeout(() => {
        throw new Error('The worker fell over.');
      });
    });
    await alerts(page).filter({ hasText: 'The worker fell over.' }).waitFor();
    const status = page.getByText(/^Training failed\. The weights of step [\d,]+ are kept/);
    const step = Number(/step ([\d,]+)/.exec(await status.innerText())![1]!.replaceAll(',', ''));
    expect(step).toBeGreaterThanOrEqual(50);
    expect((await write(page)).length).toBeGreaterThan(100);
    expect((await checkpointInfo(await savedModel(page))).step).toBe(step);
    await button(page, 'Resume').click();
    await reachStep(page, step + 5);
    await button(page, 'Stop').click();
    await setOptions(page, { Steps: 20 });
    await button(page, 'Train').click();
    await page.getByText('Done: all 20 steps.').waitFor();
    expect(await alerts(page).count()).toBe(0);
  });

  test('after a crash of the core, the copy kept outside it becomes the current model', async () => {
    const { page } = await open();
    await textArea(page).fill(english(4000));
    await tinyModel(page, 1_000_000);
    await button(page, 'Train').click();
    await reachStep(page, 50);
    await page.workers()[0]!.evaluate(trapInTheCore, KEPT_AFTER_MS);
    await alerts(page).filter({ hasText: 'The core stopped unexpectedly' }).waitFor();
    await page.getByText(/^Training failed\. The weights of step [\d,]+ are kept/).waitFor();
    expect((await write(page)).length).toBeGreaterThan(100);
    expect((await checkpointInfo(await savedModel(page))).step).toBeGreaterThan(0);
  });
});

/** Longer than the interval at which a run copies a checkpoint out of the core. */
const KEPT_AFTER_MS = 11_000;

/** After a while, each call of the worker's clock from the core traps. */
function trapInTheCore(after_ms: number): void {
  const now = performance.now.bind(performance);
  const from = now() + after_ms;
  performance.now = () => {
    if (now() > from && /wasm/.test(new Error('where').stack ?? ''))
      throw new WebAssembly.RuntimeError('unreachable');
    return now();
  };
}
