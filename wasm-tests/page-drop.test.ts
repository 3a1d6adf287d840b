// Dropped and picked files: folders, several files, and files that are refused.

import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { checkpointInfo, savedModel, pickModel } from './helpers/page-files.ts';
import {
  alerts,
  button,
  dropFile,
  dropFiles,
  dropPaths,
  reachStep,
  textArea,
  tinyModel,
  until,
  usePage,
  openPanel,
  setOptions,
  moreOptions,
} from './helpers/page.ts';
import { english } from './helpers/texts.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);

describe('drops on the page', () => {
  const { open } = usePage();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mini-llm-drop-'));
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

  const write = (name: string, content: string | Uint8Array) => {
    const file = path.join(folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content);
    return file;
  };

  /** A sparse file of gigabytes. */
  const huge = (name: string, bytes: number) => {
    const file = write(name, '');
    fs.truncateSync(file, bytes);
    return file;
  };

  test('several files become one text in the order of their names, and the page lists them', async () => {
    const { page } = await open();
    await dropFiles(page, [
      { name: 'part 10.txt', bytes: utf8('ten\r\n') },
      { name: 'part 2.txt', bytes: utf8('two') },
      { name: 'picture.png', bytes: Uint8Array.from({ length: 3000 }, (_, i) => (i * 7919) % 256) },
    ]);
    await until(async () => (await textArea(page).inputValue()) === 'two\nten\n');
    await page.getByText('2 files, in the order of their names: part 2.txt, part 10.txt.').waitFor();
    await page.getByText('These files are not texts and were left out: picture.png.').waitFor();
  });

  test('a folder becomes the text of all its files, including subfolders', async () => {
    const { page } = await open();
    write('book/b.txt', 'second\n');
    write('book/a/one.txt', 'first\n');
    write('book/.hidden', 'never\n');
    write('book/c.txt', 'third\n');
    await dropPaths(page, path.join(folder, 'book'));
    await until(async () => (await textArea(page).inputValue()) === 'first\nsecond\nthird\n');
    await page
      .getByText('3 files, in the order of their names: book/a/one.txt, book/b.txt, book/c.txt.')
      .waitFor();
    fs.mkdirSync(path.join(folder, 'nothing'));
    await dropPaths(page, path.join(folder, 'nothing'));
    await alerts(page).filter({ hasText: 'There are no files in “nothing”.' }).waitFor();
    expect(await textArea(page).inputValue()).toBe('first\nsecond\nthird\n');
  });

  test('empty files do not replace the text', async () => {
    const { page } = await open();
    await textArea(page).fill('mine');
    await dropFiles(page, [
      { name: 'a.txt', bytes: utf8('') },
      { name: 'b.txt', bytes: Uint8Array.of(0xef, 0xbb, 0xbf) },
    ]);
    await alerts(page).filter({ hasText: 'These files are empty: a.txt, b.txt.' }).waitFor();
    expect(await textArea(page).inputValue()).toBe('mine');
  });

  test('several files picked with the button become one text too', async () => {
    const { page } = await open();
    const chooser = page.waitForEvent('filechooser');
    await button(page, 'Open a file').click();
    await (await chooser).setFiles([write('y.txt', 'y\n'), write('x.txt', 'x\n')]);
    await until(async () => (await textArea(page).inputValue()) === 'x\ny\n');
  });

  test('a file dropped during training is refused with a reason', async () => {
    const { page } = await open();
    await textArea(page).fill(english(4000));
    await tinyModel(page, 1_000_000);
    await button(page, 'Train').click();
    await reachStep(page, 2);
    await dropFile(page, 'other.txt', utf8('Another text.'));
    await alerts(page).filter({ hasText: 'Training is using the text.' }).waitFor();
    expect(await textArea(page).inputValue()).toBe(english(4000));
    await button(page, 'Stop').click();
  });

  test('.SAFETENSORS is a model file, and several at once are refused', async () => {
    const { page } = await open();
    await textArea(page).fill(english(4000));
    await tinyModel(page, 5);
    await button(page, 'Train').click();
    await page.getByText('Done: all 5 steps.').waitFor();
    const model = await savedModel(page);
    await dropFile(page, 'MINE.SAFETENSORS', model);
    await page.getByText(/“MINE\.SAFETENSORS”: .* parameters/).waitFor();
    await dropFiles(page, [
      { name: 'a.safetensors', bytes: model },
      { name: 'b.Safetensors', bytes: model },
    ]);
    await alerts(page).filter({ hasText: 'Drop a model by itself' }).waitFor();
  });

  test('a model or a text of gigabytes is refused before the page reads it', async () => {
    const { page } = await open();
    await dropPaths(page, huge('large.safetensors', 3_000_000_000));
    await alerts(page)
      .filter({ hasText: '“large.safetensors” has 3 GB; the page can open models of up to 1.9 GB' })
      .waitFor();
    await pickModel(page, huge('large2.safetensors', 3_000_000_000));
    await alerts(page).filter({ hasText: '“large2.safetensors” has 3 GB' }).waitFor();
    await dropPaths(page, huge('large.txt', 5_000_000_000));
    await alerts(page).filter({ hasText: '“large.txt” has 5 GB; at most 3.8 GB fit in memory' }).waitFor();
    await dropPaths(page, huge('half.txt', 2_000_000_000), huge('other half.txt', 2_000_000_000));
    await alerts(page).filter({ hasText: 'These 2 files have 4 GB' }).waitFor();
  });

  test('file pickers accept every file, and no field makes a phone zoom in', async () => {
    const { page } = await open();
    await moreOptions(page);
    await setOptions(page, {}); // opens the list of options
    await openPanel(page, 'Details');
    await page.getByRole('heading', { name: 'Benchmark' }).click();
    expect(await page.locator('input[type=file][accept]').count()).toBe(0);
    const small = await page.evaluate(() =>
      [...document.querySelectorAll('input:not([type=file]), select, textarea')]
        .filter((field) => parseFloat(getComputedStyle(field).fontSize) < 16)
        .map((field) => field.outerHTML.slice(0, 100)),
    );
    expect(small).toEqual([]);
  });
});

describe('the text of several files', () => {
  const { open } = usePage();

  test('is the training text', async () => {
    const { page } = await open();
    await dropFiles(page, [
      { name: 'b.txt', bytes: utf8(english(3000)) },
      { name: 'a.txt', bytes: utf8(english(2000)) },
    ]);
    await page.getByText('2 files, in the order').waitFor();
    await tinyModel(page, 5);
    await button(page, 'Train').click();
    await page.getByText('Done: all 5 steps.').waitFor();
    const info = await checkpointInfo(await savedModel(page));
    const end = english(2000).endsWith('\n') ? '' : '\n';
    const last = english(3000).endsWith('\n') ? '' : '\n';
    const joined = `${english(2000)}${end}${english(3000)}${last}`;
    expect(info.corpus_sha256).toBe(createHash('sha256').update(joined).digest('hex'));
  });
});
