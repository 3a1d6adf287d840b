// Models of other programs on the page: dropped as a folder, picked as files, and as a ZIP archive.

import fs from 'node:fs';
import path from 'node:path';
import { tokenizerJson } from '../web/engine/tokenizer-json.ts';
import { scratch } from './helpers/cli.ts';
import { GPT2, safetensors, weightsFor } from './helpers/hf.ts';
import {
  alerts,
  button,
  dropFiles,
  dropPaths,
  openPanel,
  textArea,
  trainsToTheEnd,
  usePage,
} from './helpers/page.ts';
import { checkpointInfo, pickModel, savedModel } from './helpers/page-files.ts';
import { english } from './helpers/texts.ts';

const { open } = usePage();
const folder = scratch();
const files: Readonly<Record<string, Uint8Array>> = {
  'config.json': Buffer.from(JSON.stringify(GPT2)),
  'tokenizer.json': Buffer.from(tokenizerJson([])),
  'model.safetensors': safetensors(weightsFor(GPT2), 'F16'),
};
beforeAll(() => {
  fs.mkdirSync(path.join(folder, 'tiny-gpt2'));
  for (const [name, bytes] of Object.entries(files))
    fs.writeFileSync(path.join(folder, 'tiny-gpt2', name), bytes);
});

const named = (name: string): { name: string; bytes: Uint8Array } => ({ name, bytes: files[name]! });

test('a dropped folder generates, and learns the text', async () => {
  const { page } = await open();
  await textArea(page).fill(english(4000));
  await dropPaths(page, path.join(folder, 'tiny-gpt2'));
  await page.getByText(/“tiny-gpt2”: .* parameters, context 32/).waitFor();
  expect(await textArea(page).inputValue()).toBe(english(4000));
  await button(page, 'Generate').click();
  await page
    .getByText(/tokens\/s/)
    .first()
    .waitFor();
  expect(await alerts(page).count()).toBe(0);
  await button(page, 'Fine-tune on this text').waitFor();
  const info = await checkpointInfo(await savedModel(page));
  expect(info).toMatchObject({ config: { arch: 'gpt2', n_embd: 24, seq_len: 32 }, options: null });
});

test('several picked files are a model, and one that is missing is named', async () => {
  const { page } = await open();
  const paths = Object.keys(files).map((name) => path.join(folder, 'tiny-gpt2', name));
  await pickModel(page, paths);
  await page.getByText(/“The model”: .* parameters, context 32/).waitFor();
  await dropFiles(page, [named('config.json'), named('model.safetensors')]);
  await alerts(page)
    .filter({ hasText: '“The model” could not be opened. tokenizer.json is missing; save the tokenizer' })
    .waitFor();
});

test('the ZIP archive of the page’s own export opens again', async () => {
  const { page } = await open();
  await trainsToTheEnd(page, 5);
  const before = await savedModel(page);
  await openPanel(page, 'Export');
  await page.getByLabel('Export as').selectOption({ label: 'Hugging Face folder' });
  const download = page.waitForEvent('download');
  await button(page, 'Export').click();
  const archive = path.join(folder, (await download).suggestedFilename());
  await (await download).saveAs(archive);
  await pickModel(page, archive);
  await page.getByText(/“mini-llm-step-5-hf\.zip”: /).waitFor();
  const after = await checkpointInfo(await savedModel(page));
  expect(after.config).toEqual((await checkpointInfo(before)).config);
  fs.writeFileSync(path.join(folder, 'broken.zip'), fs.readFileSync(archive).subarray(0, 5000));
  await pickModel(page, path.join(folder, 'broken.zip'));
  await alerts(page).filter({ hasText: '“broken.zip” could not be opened.' }).waitFor();
});
