// Undo restores a replaced text, with the page's button and with the keyboard.

import { createHash } from 'node:crypto';
import type { Page } from 'playwright-core';
import { checkpointInfo, savedModel } from './helpers/page-files.ts';
import { alerts, button, dropFile, textArea, tinyModel, until, usePage } from './helpers/page.ts';
import { KOREAN, english } from './helpers/texts.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
const MINE = `내 글. My own text, with an emoji 🐈 and\n\nmore.\n${KOREAN}`;

const shows = (page: Page, text: string) => until(async () => (await textArea(page).inputValue()) === text);

/** Types in pieces that the browser can undo one by one. */
async function write(page: Page, text: string): Promise<void> {
  await button(page, 'Clear').click();
  await textArea(page).focus();
  for (const line of text.split(/(?<=\n)/)) await page.keyboard.insertText(line);
  await shows(page, text);
}

/** The texts after each Ctrl-Z. */
async function undone(page: Page, times: number): Promise<string[]> {
  const seen: string[] = [];
  await textArea(page).focus();
  for (let i = 0; i < times; i++) {
    await page.keyboard.press('Control+z');
    seen.push(await textArea(page).inputValue());
  }
  return seen;
}

const long = english(150_000);

const REPLACED: readonly [string, (page: Page) => Promise<void>][] = [
  ['Clear', (page) => button(page, 'Clear').click()],
  [
    'an example',
    async (page) => void (await page.getByLabel('Example text').selectOption('Names, one per line')),
  ],
  ['a dropped file', (page) => dropFile(page, 'other.txt', utf8('Another text.\n'))],
  ['a dropped file of megabytes', (page) => dropFile(page, 'large.txt', utf8(english(1_400_000)))],
  [
    'a long paste',
    async (page) => {
      await page.evaluate((content) => navigator.clipboard.writeText(content), long);
      await textArea(page).press('Control+a');
      await page.keyboard.press('Control+v');
    },
  ],
];

describe('a replaced text', () => {
  const { open } = usePage();
  const permissions = ['clipboard-read', 'clipboard-write'];

  test.each(REPLACED)('is restored after %s by Undo, and replaced again by Redo', async (_name, replace) => {
    const { page } = await open({ permissions });
    await write(page, MINE);
    await replace(page);
    await page.getByRole('status').filter({ hasText: 'Text replaced.' }).waitFor();
    await until(async () => (await textArea(page).inputValue()) !== MINE);
    const other = await textArea(page).inputValue();
    await button(page, 'Undo').press('Enter');
    await shows(page, MINE);
    expect(await textArea(page).evaluate((area) => area === document.activeElement)).toBe(true);
    await button(page, 'Redo').press('Enter');
    await until(async () => (await textArea(page).inputValue()).startsWith(other));
  });

  test.each(REPLACED)('comes back after %s by Ctrl-Z, and no mixture is seen', async (_name, replace) => {
    const { page } = await open({ permissions });
    await write(page, MINE);
    await replace(page);
    await until(async () => (await textArea(page).inputValue()) !== MINE);
    await page.keyboard.press('Control+End');
    const seen = await undone(page, 1);
    expect(seen).toEqual([MINE]);
  });

  test('edits made after it are undone first', async () => {
    const { page } = await open();
    await write(page, MINE);
    await dropFile(page, 'other.txt', utf8('Another text.\n'));
    await shows(page, 'Another text.\n');
    await textArea(page).focus();
    await page.keyboard.type('abc');
    const seen = [];
    do seen.push(...(await undone(page, 1)));
    while (seen.length < 4 && seen.at(-1) !== MINE);
    const between = ['Another text.\n', 'aAnother text.\n', 'abAnother text.\n'];
    expect(seen.filter((text) => !between.includes(text))).toEqual([MINE]);
  });

  test('restores a large file byte for byte, and several steps can be undone', async () => {
    const { page } = await open();
    const large = `${english(1_400_000)}끝\n`;
    await dropFile(page, 'large.txt', utf8(large));
    await page.getByText('Only the beginning is shown').waitFor();
    await button(page, 'Clear').click();
    await textArea(page).fill('Mine.');
    await dropFile(page, 'other.txt', utf8('Another text.\n'));
    await shows(page, 'Another text.\n');
    await button(page, 'Undo').click();
    await shows(page, 'Mine.');
    await button(page, 'Undo').click();
    await page.getByText('training uses all 1.4 MB of “large.txt”').waitFor();
    await tinyModel(page, 5);
    await button(page, 'Train').click();
    await page.getByText('Done: all 5 steps.').waitFor();
    const info = await checkpointInfo(await savedModel(page));
    expect(info.corpus_sha256).toBe(createHash('sha256').update(large).digest('hex'));
    expect(await alerts(page).count()).toBe(0);
  });
});
