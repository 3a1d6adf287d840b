// Presets on the page: fitted to the text with an explanation, without changing options that the user has set.

import type { Page } from 'playwright-core';
import { checkpointInfo, savedModel } from './helpers/page-files.ts';
import {
  alerts,
  button,
  generated,
  inPanel,
  metric,
  openPanel,
  preset,
  setOptions,
  setSampling,
  stepShown,
  textArea,
  tinyModel,
  until,
  usePage,
} from './helpers/page.ts';
import { english } from './helpers/texts.ts';

const radio = (page: Page, name: RegExp) => preset(page).getByRole('radio', { name });
const WHY = /^For a text of this length it is read byte by byte, .*dropout \(0\.1\) and an early end/;

describe('presets on the page', () => {
  const { open } = usePage();

  test('the chosen preset is fitted to each new text, and the page explains why', async () => {
    const { page } = await open();
    await openPanel(page, 'Details');
    await until(() => radio(page, /^Standard/).isChecked());
    expect(
      await preset(page)
        .getByText(/^For a text of this length/)
        .count(),
    ).toBe(0);
    await textArea(page).fill(english(20_000));
    await preset(page).getByText(WHY).waitFor();
    expect(await radio(page, /^Standard/).isChecked()).toBe(true);
    await preset(page).locator('summary').click();
    expect(await preset(page).getByLabel('Tokenizer', { exact: true }).inputValue()).toBe('byte');
    expect(await preset(page).getByLabel('Dropout', { exact: true }).inputValue()).toBe('0.1');
    await radio(page, /^Thorough/).check();
    expect(await preset(page).getByLabel('Width', { exact: true }).inputValue()).toBe('64');
  });

  test('options that the user has set stay', async () => {
    const { page } = await open();
    await openPanel(page, 'Details');
    await until(() => radio(page, /^Standard/).isChecked());
    await setOptions(page, { Steps: 7 });
    await textArea(page).fill(english(20_000));
    await preset(page)
      .getByText(/steps|parameters \(the numbers/)
      .first()
      .waitFor();
    await page.waitForTimeout(600); // longer than typing must rest before the text is counted
    expect(await preset(page).getByLabel('Steps', { exact: true }).inputValue()).toBe('7');
    expect(await preset(page).getByLabel('Tokenizer', { exact: true }).inputValue()).toBe('bpe');
    expect(await preset(page).locator('input[type=radio]:checked').count()).toBe(0);
  });

  test('a run without improvement ends early, says so, and offers the best and the last weights', async () => {
    const { page } = await open();
    // The beginning teaches nothing about the end, which is the validation part.
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
    expect(await page.title()).toBe(`Stopped early at ${Math.floor(last / 50)} % · mini-llm`);
    // The page and the saved file describe the step whose weights are in use.
    await page.getByText(`after step ${best}`, { exact: true }).waitFor();
    await inPanel(page, 'Details', () =>
      page.getByRole('img', { name: `Step ${best} with the best validation loss is marked.` }).waitFor(),
    );
    const ofBest = await savedAs(page);
    expect(ofBest.name).toBe(`mini-llm-step-${best}.safetensors`);
    expect(ofBest.val_loss).toBeCloseTo(await shown(page, 'Validation loss'), 3);
    const written = await write(page);
    await page.getByLabel(`Last step (step ${last})`).check();
    await page.getByText(`the weights of the last step (${last}) are in use.`).waitFor();
    const ofLast = await savedAs(page);
    expect(ofLast.name).toBe(`mini-llm-step-${last}.safetensors`);
    expect(ofLast.val_loss).toBeCloseTo(await shown(page, 'Validation loss'), 3);
    expect(ofLast.val_loss).toBeGreaterThan(ofBest.val_loss);
    expect(await write(page)).not.toBe(written);
    await page.getByLabel(`Best validation loss (step ${best})`).check();
    await status.waitFor();
    expect(await write(page)).toBe(written);
    // Training continues from the last weights in any case.
    expect(await button(page, 'Resume').count()).toBe(0);
    await setOptions(page, { Patience: 0 });
    await page.getByLabel('by more steps').fill('7');
    await button(page, 'Train longer').click();
    await page.getByText(`Done: all ${last + 7} steps.`).waitFor();
    expect(await alerts(page).count()).toBe(0);
  });
});

const shown = async (page: Page, name: string): Promise<number> =>
  parseFloat(await metric(page, name).innerText());

async function savedAs(page: Page): Promise<{ name: string; val_loss: number }> {
  const download = page.waitForEvent('download');
  const file = await savedModel(page);
  return {
    name: (await download).suggestedFilename(),
    val_loss: (await checkpointInfo(file)).val_loss ?? NaN,
  };
}

async function write(page: Page): Promise<string> {
  await setSampling(page, { Seed: 7 });
  await button(page, 'Generate').click();
  await until(async () => (await generated(page).getAttribute('aria-busy')) === 'false');
  return (await generated(page).textContent()) ?? '';
}
