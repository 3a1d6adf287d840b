// Exporting on the page: the downloads, and the choices that a model offers.

import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { EXPORT_FORMATS, type ExportFormat } from '../web/engine/export/formats.ts';
import { exportModel } from '../web/engine/export/export.ts';
import { readViewer } from '../web/cli/viewer.ts';
import { fingerprint, sharedEngine, trainedPastBest } from './helpers/engine.ts';
import { alerts, button, openPanel, textArea, tinyModel, trainsToTheEnd, usePage } from './helpers/page.ts';
import { openModel, savedModel } from './helpers/page-files.ts';
import { english } from './helpers/texts.ts';
import { unzipped } from './helpers/zip.ts';

const { open } = usePage();
const FORMATS: readonly ExportFormat[] = EXPORT_FORMATS;

const formats = (page: Page) => page.getByLabel('Export as');

interface Downloaded {
  name: string;
  bytes: Uint8Array;
}

async function exported(page: Page): Promise<Downloaded> {
  const download = page.waitForEvent('download');
  await button(page, 'Export').click();
  const arrived = await download;
  return { name: arrived.suggestedFilename(), bytes: new Uint8Array(await readFile(await arrived.path())) };
}

test('a folder comes as a ZIP archive with the files that the command line writes', async () => {
  const { page } = await open();
  await trainsToTheEnd(page, 5);
  const [file, engine] = [await savedModel(page), await sharedEngine()];
  for (const [label, to, type] of [
    ['Hugging Face folder', 'hf', undefined],
    ['GGUF for llama.cpp, Ollama and LM Studio', 'gguf', 'q8_0'],
    ['transformers.js folder', 'transformers.js', 'q8'],
  ] as const) {
    await openPanel(page, 'Export');
    await formats(page).selectOption({ label });
    if (type) await page.getByLabel('Numbers').selectOption(type);
    const { name, bytes } = await exported(page);
    const expected = exportModel(engine, file, { to, name: 'mini-llm-step-5', ...(type ? { type } : {}) });
    expect(name).toBe(`${expected.output}.zip`);
    const files = unzipped(bytes);
    expect([...files.keys()]).toEqual(expected.files.map((each) => `${expected.output}/${each.name}`));
    for (const each of expected.files) {
      const content =
        typeof each.content === 'string' ? new TextEncoder().encode(each.content) : each.content;
      expect(fingerprint(files.get(`${expected.output}/${each.name}`)!)).toBe(fingerprint(content));
    }
  }
  expect(await alerts(page).count()).toBe(0);
});

test('one file comes as it is', async () => {
  const { page } = await open();
  await trainsToTheEnd(page, 5);
  await openPanel(page, 'Export');
  await formats(page).selectOption({ label: 'NumPy arrays (.npz)' });
  const { name, bytes } = await exported(page);
  expect(name).toBe('mini-llm-step-5.npz');
  expect(unzipped(bytes).has('wte.weight.npy')).toBe(true);
  expect(await page.getByLabel('Numbers').count()).toBe(0);
});

test('a page is fetched only when it is chosen, and holds the model as the command line’s does', async () => {
  const { page } = await open();
  await trainsToTheEnd(page, 5);
  const [file, engine] = [await savedModel(page), await sharedEngine()];
  const fetched: string[] = [];
  page.on('request', (request) => fetched.push(new URL(request.url()).pathname.split('/').at(-1)!));
  const viewers = () => fetched.filter((name) => name.endsWith('.html')).length;
  await openPanel(page, 'Export');
  await formats(page).selectOption({ label: 'NumPy arrays (.npz)' });
  await exported(page);
  expect(viewers()).toBe(0);
  await formats(page).selectOption({ label: 'Page that opens anywhere (.html)' });
  await page.getByLabel('Numbers').selectOption('int8');
  const { name, bytes } = await exported(page);
  expect(viewers()).toBe(1);
  const request = { to: 'html', name: 'mini-llm-step-5', type: 'int8', viewer: readViewer() } as const;
  const expected = exportModel(engine, file, request);
  expect(name).toBe('mini-llm-step-5-int8.html');
  const dateless = (content: Uint8Array) =>
    fingerprint(
      Buffer.from(
        Buffer.from(content)
          .toString()
          .replace(/"exported":\d+/, ''),
      ),
    );
  expect(dateless(bytes)).toBe(dateless(expected.files[0]!.content as Uint8Array));
});

test('exports while training goes on', async () => {
  const { page } = await open();
  await textArea(page).fill(english(4000));
  await tinyModel(page, 100_000);
  await button(page, 'Train').click();
  await button(page, 'Pause').waitFor();
  await openPanel(page, 'Export');
  const { name, bytes } = await exported(page);
  expect(name).toMatch(/^mini-llm-step-\d+-hf\.zip$/);
  expect(unzipped(bytes).size).toBe(6);
  await button(page, 'Pause').click();
  await button(page, 'Stop').click();
});

test('without a model nothing is offered; the list has what the model can be exported as', async () => {
  const { page } = await open();
  await openPanel(page, 'Export');
  expect(await formats(page).count()).toBe(0);
  await trainsToTheEnd(page, 3);
  const offered = FORMATS.filter(({ label, adapter }) => label !== undefined && !adapter);
  expect(await formats(page).locator('option').allInnerTexts()).toEqual(offered.map(({ label }) => label));
});

test('an opened file with the best weights and the last ones offers both', async () => {
  const { whole, part, best } = await trainedPastBest(await sharedEngine());
  const { page } = await open();
  await openModel(page, 'both.safetensors', part.run.save());
  await openPanel(page, 'Export');
  await formats(page).selectOption({ label: 'Weights alone (.safetensors)' });
  const choice = page.getByLabel('Weights to export');
  for (const [label, step, model] of [
    [`Best validation loss (step ${best})`, best, whole.run.model],
    [`Last step (step ${best + 5})`, best + 5, part.run.model],
  ] as const) {
    await choice.selectOption({ label });
    const { name, bytes } = await exported(page);
    expect(name).toBe(`mini-llm-step-${step}-weights.safetensors`);
    expect(fingerprint(bytes)).toBe(fingerprint(model.save()));
  }
  await Promise.all([whole.run.delete(), part.run.delete()]);
});
