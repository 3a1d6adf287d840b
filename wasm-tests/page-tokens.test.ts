// Learning a vocabulary on the page, and splitting texts into its tokens.

import type { Page } from 'playwright-core';
import { checkpointInfo, openModel, savedModel } from './helpers/page-files.ts';
import {
  button,
  generated,
  metric,
  textArea,
  tinyModel,
  until,
  usePage,
  openPanel,
  setOptions,
} from './helpers/page.ts';
import { english } from './helpers/texts.ts';

const tokens = (page: Page) => page.getByRole('region', { name: 'Text in tokens' });

/** Trains sixty steps with a vocabulary of 300 and opens the panel of tokens. */
async function trainedPage(page: Page): Promise<void> {
  await textArea(page).fill(`Two lines,\nnot one. ${english(4000)}`);
  await tinyModel(page, 60);
  await setOptions(page, { Tokenizer: 'bpe', Vocabulary: 300 });
  await button(page, 'Train').click();
  await page.getByText('Done: all 60 steps.').waitFor();
  await openTokens(page);
}

async function openTokens(page: Page): Promise<void> {
  await openPanel(page, 'Look inside');
  await page.getByRole('heading', { name: 'Tokens' }).click();
}

describe('tokens on the page', () => {
  const { open } = usePage();

  test('a model learns a vocabulary first and generates with it', async () => {
    const { page } = await open();
    await page.evaluate(() => {
      const seen = ((globalThis as { seen?: string[] }).seen = [] as string[]);
      const status = document.querySelector('[role=status].status')!;
      new MutationObserver(() => seen.push(status.textContent ?? '')).observe(status, {
        subtree: true,
        characterData: true,
        childList: true,
      });
    });
    await trainedPage(page);
    const seen = await page.evaluate(() => (globalThis as { seen?: string[] }).seen ?? []);
    expect(seen.some((text) => /Learning the vocabulary … \d+ %/.test(text))).toBe(true);
    const bits = parseFloat(await metric(page, 'Bits per byte').innerText());
    const loss = parseFloat(await metric(page, 'Validation loss').innerText());
    expect(bits).toBeLessThan((0.8 * loss) / Math.LN2);
    await openPanel(page, 'Write');
    await page.getByLabel('Prompt').fill('the cat');
    await page.getByLabel('Length', { exact: true }).fill('40');
    await button(page, 'Generate').click();
    await until(async () => (await generated(page).getAttribute('aria-busy')) === 'false');
    expect((await generated(page).innerText()).length).toBeGreaterThan(50);
    expect(await checkpointInfo(await savedModel(page))).toMatchObject({ tokenizer: 'bpe', vocab_size: 300 });
  });

  test('the panel shows the training text and the newest sample as tokens', async () => {
    const { page } = await open();
    await trainedPage(page);
    await tokens(page).locator('span').first().waitFor();
    const pieces = await tokens(page).locator('span').allTextContents();
    expect(pieces.join('')).toMatch(/^Two lines,⏎\nnot one\. the cat/);
    expect(pieces.some((piece) => piece.length > 2)).toBe(true);
    expect(await tokens(page).locator('span').first().getAttribute('title')).toMatch(/^token \d+$/);
    await page.getByText(/^\d+ tokens for 1,000 bytes\.$/).waitFor();
    await page.getByLabel('Newest sample').check();
    const letters = (text: string): string => text.replaceAll(/⟨\w+⟩/g, '').replaceAll(/[^a-z]/g, '');
    // It stands in another panel.
    const newest = page.getByRole('region', { name: 'Sample', includeHidden: true }).locator('.text');
    const written = letters((await newest.textContent())!);
    await until(async () => letters(await tokens(page).innerText()) === written);
  });

  test('the panel needs a model, also one from a file', async () => {
    const { page } = await open();
    await trainedPage(page);
    const file = await savedModel(page);
    await page.reload();
    await textArea(page).fill('the cat');
    await openTokens(page);
    await page.getByText('Train or open a model first: its tokenizer').waitFor();
    await openModel(page, 'mine.safetensors', file);
    await page.getByText(/^[23] tokens for 7 bytes\.$/).waitFor();
    await setOptions(page, {}); // opens the list of options
    expect(await page.locator('#train-tokenizer').inputValue()).toBe('bpe');
    expect(await page.locator('#train-vocab_size').inputValue()).toBe('300');
  });

  test('the panel fits a phone in dark colors', async () => {
    const { page } = await open({ viewport: { width: 360, height: 740 }, colorScheme: 'dark' });
    await trainedPage(page);
    await tokens(page).locator('span').first().waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  });
});
