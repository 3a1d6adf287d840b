// The time from opening the page to the first step: the size of its scripts, and what it loads later.

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { button, reachStep, sample, textArea, until, usePage } from './helpers/page.ts';

const built = (file: string): Promise<string> =>
  readFile(fileURLToPath(new URL(`../build/page/${file}`, import.meta.url)), 'utf8');

/** Waits until the page has fetched everything that it fetches by itself. */
async function everything(page: Page): Promise<void> {
  await page.getByText('1.2 MB', { exact: true }).waitFor();
  await page.getByText('Runs on this processor').waitFor();
}

describe('opening the page', () => {
  const { open } = usePage();

  test('has at most 120 KB of script, gzipped, the workers included', async () => {
    const { page } = await open();
    await everything(page);
    const asked = new Set<string>();
    page.on('request', (request) => asked.add(new URL(request.url()).pathname.slice(1)));
    await page.reload();
    await everything(page);
    const scripts = [...asked].filter((file) => /^assets\/.*\.js$/.test(file));
    expect(scripts.map((file) => file.replace(/^assets\/(.*)-[\w-]{8}\.js$/, '$1')).sort()).toEqual([
      'format',
      'index',
      'mount',
      'storage-worker',
      'worker',
    ]);
    const sizes = await Promise.all(scripts.map(async (file) => gzipSync(await built(file)).length));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(120 * 1024);
  });

  test('the worker and the core are requested before the page is drawn', async () => {
    const { page } = await open();
    await everything(page);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname.split('/').at(-1)!));
    // The core arrives even while the page's main part is held back.
    await page.route(
      /\/mount-[\w-]+\.js$/,
      (route) =>
        void until(async () => asked.some((file) => file.endsWith('.wasm'))).then(() => route.continue()),
    );
    await page.reload({ waitUntil: 'commit' });
    await button(page, 'Train').waitFor();
    expect(asked.some((file) => file.endsWith('.wasm'))).toBe(true);
  });

  test('a long example shows its beginning, and its parts once the text area has focus', async () => {
    const { page } = await open();
    const shown = () => textArea(page).inputValue();
    await until(async () => (await shown()).includes('Call me Ishmael'));
    expect((await shown()).length).toBeLessThan(30_000);
    await page.getByText('1.2 MB', { exact: true }).waitFor();
    await textArea(page).focus();
    expect((await shown()).length).toBeGreaterThan(100_000);
    await page.getByText('Part 1 of 6').waitFor();
    expect(await textArea(page).evaluate((area: HTMLTextAreaElement) => area.selectionStart)).toBe(0);
    await page.keyboard.insertText('Mine. ');
    const edited = await shown();
    expect(edited.length).toBeGreaterThan(100_000);
    expect(edited.startsWith('Mine. ')).toBe(true);
  });

  test('selecting all selects the whole example, including text not shown yet', async () => {
    const { page } = await open();
    await until(async () => (await textArea(page).inputValue()).includes('Call me Ishmael'));
    await textArea(page).focus();
    await page.keyboard.press('Control+A');
    await page.keyboard.insertText('Mine.');
    expect(await textArea(page).inputValue()).toBe('Mine.');
  });

  test('typed text replaces an example that arrives after the text area has focus', async () => {
    const { page } = await open();
    await everything(page);
    let release = (): void => undefined;
    const typing = new Promise<void>((resolve) => (release = resolve));
    await page.route(/moby-dick/, (route) => void typing.then(() => route.continue()));
    await page.reload({ waitUntil: 'commit' });
    await textArea(page).focus();
    release();
    await until(async () => (await textArea(page).inputValue()).length > 100_000);
    await page.keyboard.insertText('Mine.');
    expect(await textArea(page).inputValue()).toBe('Mine.');
  });

  test('scrolling also shows more of the example', async () => {
    const { page } = await open();
    await until(async () => (await textArea(page).inputValue()).includes('Call me Ishmael'));
    await textArea(page).hover();
    await until(async () => {
      await page.mouse.wheel(0, 100);
      return (await textArea(page).inputValue()).length > 100_000;
    });
  });

  test('Train pressed at once trains on the whole example, and the first sample follows the first step', async () => {
    const { page } = await open();
    await button(page, 'Train').click();
    await reachStep(page, 1);
    await until(async () => (await sample(page).innerText()).length > 0);
    await page.getByText('1.2 MB', { exact: true }).waitFor();
    await button(page, 'Stop').click();
    await button(page, 'Train').waitFor();
  });
});
