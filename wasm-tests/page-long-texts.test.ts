// A long text is edited in parts and remains one text.

import { createHash } from 'node:crypto';
import type { Page } from 'playwright-core';
import { checkpointInfo, savedModel } from './helpers/page-files.ts';
import { button, dropFile, textArea, tinyModel, until, usePage } from './helpers/page.ts';
import { english } from './helpers/texts.ts';

const LONG = english(700_000);
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const shown = (page: Page) => textArea(page).inputValue();

async function openLong(page: Page): Promise<void> {
  await dropFile(page, 'long.txt', new TextEncoder().encode(LONG));
  await page.getByText('Part 1 of 4').waitFor();
  await textArea(page).focus();
}

async function trainedOn(page: Page): Promise<unknown> {
  await tinyModel(page, 5);
  await button(page, 'Train').click();
  await page.getByText('Done: all 5 steps.').waitFor();
  return (await checkpointInfo(await savedModel(page))).corpus_sha256;
}

describe('a text in parts', () => {
  const { open } = usePage();

  test('can be read part by part, with buttons and keys', async () => {
    const { page } = await open();
    await openLong(page);
    let all = await shown(page);
    for (const part of [2, 3, 4]) {
      if (part === 3) await button(page, 'Next part').click();
      else {
        await textArea(page).evaluate((area: HTMLTextAreaElement) => area.setSelectionRange(1e9, 1e9));
        await page.keyboard.press('ArrowDown');
      }
      await page.getByText(`Part ${part} of 4`).waitFor();
      all += await shown(page);
      await textArea(page).focus();
    }
    expect(all).toBe(LONG);
    await page.keyboard.press('Control+Home');
    await page.getByText('Part 1 of 4').waitFor();
  });

  test('is trained on as a whole, with edits of two parts', async () => {
    const { page } = await open();
    await openLong(page);
    await page.keyboard.insertText('처음 ');
    await page.keyboard.press('Control+End');
    await page.getByText('Part 4 of 4').waitFor();
    await page.keyboard.insertText('끝');
    await button(page, 'Previous part').click();
    await page.getByText('Part 3 of 4').waitFor();
    expect(await trainedOn(page)).toBe(sha256(`처음 ${LONG}끝`));
  });

  test('selecting a whole part selects the whole text: to copy, to type over, and to undo', async () => {
    const { page } = await open({ permissions: ['clipboard-read', 'clipboard-write'] });
    await openLong(page);
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Control+c');
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(LONG);
    await page.keyboard.type('Mine');
    await until(async () => (await shown(page)) === 'Mine');
    expect(await page.getByText(/^Part \d/).count()).toBe(0);
    await button(page, 'Undo').click();
    await page.getByText('Part 1 of 4').waitFor();
    expect(await trainedOn(page)).toBe(sha256(LONG));
  });

  test('is replaced by input methods too', async () => {
    const { page } = await open();
    await openLong(page);
    await page.keyboard.press('Control+a');
    const session = await page.context().newCDPSession(page);
    for (const text of ['ㅎ', '하', '한'])
      await session.send('Input.imeSetComposition', { text, selectionStart: 1, selectionEnd: 1 });
    await session.send('Input.insertText', { text: '한' });
    await page.keyboard.insertText('글');
    await until(async () => (await shown(page)) === '한글');
    for (let i = 0; i < 3 && (await shown(page)).length < 100; i++) await page.keyboard.press('Control+z');
    await page.getByText('Part 1 of 4').waitFor();
    expect(LONG.startsWith(await shown(page))).toBe(true);
  });

  test('a paste that makes a text long splits it into parts, with the cursor after the pasted text', async () => {
    const { page } = await open({ permissions: ['clipboard-read', 'clipboard-write'] });
    await page.evaluate((content) => navigator.clipboard.writeText(content), english(400_000));
    await textArea(page).fill('beginend');
    await textArea(page).press('Home');
    for (let i = 0; i < 'begin'.length; i++) await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Control+v');
    await page.getByText('Part 2 of 2').waitFor();
    await page.keyboard.insertText('|');
    expect(await shown(page)).toMatch(/\|end$/);
    expect(await trainedOn(page)).toBe(sha256(`begin${english(400_000)}|end`));
  });
});
