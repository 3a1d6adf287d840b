// Recipes on the page: fitted to the text, with the reason told, and out of the way of who chooses otherwise.

import type { Page } from 'playwright-core';
import { button, setOptions, textArea, tinyModel, until, usePage } from './helpers/page.ts';
import { english } from './helpers/texts.ts';

const recipe = (page: Page) => page.getByRole('region', { name: 'Recipe' });
const radio = (page: Page, name: RegExp) => recipe(page).getByRole('radio', { name });
const WHY = /^For a text of this length it is read byte by byte, .*dropout \(0\.1\) and an early end/;

describe('recipes on the page', () => {
  const { open } = usePage();

  test('what was chosen is fitted to each text that comes, and the page says why', async () => {
    const { page } = await open();
    await until(() => radio(page, /^Standard/).isChecked());
    expect(
      await recipe(page)
        .getByText(/^For a text of this length/)
        .count(),
    ).toBe(0);
    await textArea(page).fill(english(20_000));
    await recipe(page).getByText(WHY).waitFor();
    expect(await radio(page, /^Standard/).isChecked()).toBe(true);
    await recipe(page).locator('summary').click();
    expect(await recipe(page).getByLabel('Tokenizer', { exact: true }).inputValue()).toBe('byte');
    expect(await recipe(page).getByLabel('Dropout', { exact: true }).inputValue()).toBe('0.1');
    await radio(page, /^Thorough/).check();
    expect(await recipe(page).getByLabel('Width', { exact: true }).inputValue()).toBe('64');
  });

  test('what somebody has set is left alone', async () => {
    const { page } = await open();
    await until(() => radio(page, /^Standard/).isChecked());
    await setOptions(page, { Steps: 7 });
    await textArea(page).fill(english(20_000));
    await recipe(page)
      .getByText(/steps|parameters \(the numbers/)
      .first()
      .waitFor();
    await page.waitForTimeout(600); // longer than typing must rest before the text is counted
    expect(await recipe(page).getByLabel('Steps', { exact: true }).inputValue()).toBe('7');
    expect(await recipe(page).getByLabel('Tokenizer', { exact: true }).inputValue()).toBe('bpe');
    expect(await recipe(page).locator('input[type=radio]:checked').count()).toBe(0);
  });

  test('a run that no longer becomes better ends early and says so', async () => {
    const { page } = await open();
    // What is learnt of the beginning does harm at the end, which is kept for validation.
    await textArea(page).fill(english(5000) + 'zq'.repeat(400));
    await tinyModel(page, 5000);
    await setOptions(page, { Patience: 2, 'Validate every': 10, 'Learning rate': 0.02 });
    await button(page, 'Train').click();
    await page.getByText(/^No validation after step \d+ was better, so training has ended/).waitFor();
    await button(page, 'Train').waitFor();
    expect(await button(page, 'Resume').count()).toBe(0);
  });
});
