// Files in other encodings on the page: detection, and choosing another encoding.

import { createHash } from 'node:crypto';
import type { Page } from 'playwright-core';
import { checkpointInfo, savedModel } from './helpers/page-files.ts';
import { button, dropFile, textArea, tinyModel, until, usePage } from './helpers/page.ts';

const FRENCH = 'Le cœur a ses raisons ; l’été, où l’on déjeune, « ça » plaît à Noël.\n'.repeat(40);
/** Characters of windows-1252 that differ from Latin-1. */
const BYTES: Record<string, number> = { œ: 0x9c, '’': 0x92 };
const cp1252 = (text: string) => Uint8Array.from(text, (c) => BYTES[c] ?? c.charCodeAt(0));
/** 가나다라 마바사 in EUC-KR, 40 times. */
const KOREAN = Uint8Array.from(
  Array.from({ length: 40 }, () => [
    ...[0xb0, 0xa1, 0xb3, 0xaa, 0xb4, 0xd9, 0xb6, 0xf3, 0x20, 0xb8, 0xb6, 0xb9, 0xd9, 0xbb, 0xe7, 0x0d, 0x0a],
  ]).flat(),
);

const shows = (page: Page, text: string) => until(async () => (await textArea(page).inputValue()) === text);
const encoding = (page: Page) => page.getByLabel('Encoding of the file');

describe('a file in another encoding', () => {
  const { open } = usePage();

  test('is converted to UTF-8 and shown with an excerpt', async () => {
    const { page } = await open();
    await dropFile(page, 'français.txt', cp1252(FRENCH));
    await shows(page, FRENCH);
    await page.getByText(/^The text was converted from Western European/).waitFor();
    await page.getByText(/^Excerpt: .*cœur a ses raisons/).waitFor();
    expect(await encoding(page).inputValue()).toBe('windows-1252');
    await tinyModel(page, 5);
    await button(page, 'Train').click();
    await page.getByText('Done: all 5 steps.').waitFor();
    const info = await checkpointInfo(await savedModel(page));
    expect(info.corpus_sha256).toBe(createHash('sha256').update(FRENCH).digest('hex'));
  });

  test('can be decoded in another encoding, and back', async () => {
    const { page } = await open();
    await dropFile(page, '한국어.txt', KOREAN);
    const right = '가나다라 마바사\n'.repeat(40);
    await shows(page, right);
    await page.getByText('Its line ends were those of Windows (CR LF); they are line feeds now.').waitFor();
    await encoding(page).selectOption('windows-1252');
    await until(async () => (await textArea(page).inputValue()).startsWith('°¡³ª'));
    await encoding(page).selectOption('euc-kr');
    await shows(page, right);
    await textArea(page).focus();
    await page.keyboard.insertText('나');
    await until(async () => (await encoding(page).count()) === 0);
  });

  test('in UTF-8 the page reports only what it removed', async () => {
    const { page } = await open();
    await dropFile(page, 'mine.txt', new TextEncoder().encode('\ufeffone\0\r\ntwo\rthree\n'));
    await shows(page, 'one\ntwo\nthree\n');
    for (const note of ['byte order mark', '1 zero byte', 'Windows (CR LF)', 'carriage returns (CR)'])
      await page.locator('.note', { hasText: note }).waitFor();
    expect(await encoding(page).count()).toBe(0);
  });
});
