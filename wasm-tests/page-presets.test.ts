// Recipes on the page: fitted to the text, with the reason told, and out of the way of who chooses otherwise.

import type { Page } from 'playwright-core';
import { checkpointInfo, savedModel } from './helpers/page-files.ts';
import {
  alerts,
  button,
  generated,
  measure,
  setOptions,
  stepShown,
  textArea,
  tinyModel,
  until,
  usePage,
} from './helpers/page.ts';
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

  test('a run that no longer becomes better ends early, says so, and offers both ends', async () => {
    const { page } = await open();
    // What is learnt of the beginning does harm at the end, which is kept for validation.
    await textArea(page).fill(english(5000) + 'zq'.repeat(400));
    await tinyModel(page, 5000);
    await setOptions(page, { Patience: 2, 'Validate every': 10, 'Learning rate': 0.02 });
    await button(page, 'Train').click();
    const status = page.getByText(
      /^Stopped early: no improvement since step \d+; its weights were restored\.$/,
    );
    const best = Number(/step (\d+)/.exec(await status.innerText())![1]);
    const last = await stepShown(page);
    expect(last).toBe(best + 20);
    expect(await page.title()).toBe('Stopped early at 0 % · mini-llm');
    // What is shown and saved is of the step whose weights are in use, and so is what the file says of itself.
    await page.getByText(`after step ${best}`, { exact: true }).waitFor();
    await page.getByRole('img', { name: `Step ${best}, which validated best, is marked.` }).waitFor();
    const ofBest = await savedAs(page);
    expect(ofBest.name).toBe(`mini-llm-step-${best}.safetensors`);
    expect(ofBest.val_loss).toBeCloseTo(await shown(page, 'Validation loss'), 3);
    const written = await write(page);
    await page.getByLabel(`The last ones: step ${last}`).check();
    await page.getByText(`the weights of the last step (${last}) are in use.`).waitFor();
    const ofLast = await savedAs(page);
    expect(ofLast.name).toBe(`mini-llm-step-${last}.safetensors`);
    expect(ofLast.val_loss).toBeCloseTo(await shown(page, 'Validation loss'), 3);
    expect(ofLast.val_loss).toBeGreaterThan(ofBest.val_loss);
    expect(await write(page)).not.toBe(written);
    await page.getByLabel(`Validated best: step ${best}`).check();
    await status.waitFor();
    expect(await write(page)).toBe(written);
    // It goes on from the last weights all the same.
    expect(await button(page, 'Resume').count()).toBe(0);
    await setOptions(page, { Patience: 0 });
    await page.getByLabel('by more steps').fill('7');
    await button(page, 'Train longer').click();
    await page.getByText(`Done: all ${last + 7} steps.`).waitFor();
    expect(await alerts(page).count()).toBe(0);
  });
});

const shown = async (page: Page, name: string): Promise<number> =>
  parseFloat(await measure(page, name).innerText());

async function savedAs(page: Page): Promise<{ name: string; val_loss: number }> {
  const download = page.waitForEvent('download');
  const file = await savedModel(page);
  return {
    name: (await download).suggestedFilename(),
    val_loss: (await checkpointInfo(file)).val_loss ?? NaN,
  };
}

async function write(page: Page): Promise<string> {
  await page.getByRole('region', { name: 'Let it write' }).getByLabel('Seed', { exact: true }).fill('7');
  await button(page, 'Generate').click();
  await until(async () => (await generated(page).getAttribute('aria-busy')) === 'false');
  return (await generated(page).textContent()) ?? '';
}
