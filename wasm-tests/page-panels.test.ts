// The first screen, the panels with their addresses, and the timeline of samples.

import { readFile } from 'node:fs/promises';
import AxeBuilder from '@axe-core/playwright';
import type { Locator, Page } from 'playwright-core';
import en from '../web/app/words/en.ts';
import {
  button,
  openPanel,
  PANEL_LABELS,
  preset,
  reachStep,
  sample,
  textArea,
  tinyModel,
  until,
  usePage,
} from './helpers/page.ts';
import { english } from './helpers/texts.ts';

const SIZES = [
  { width: 1440, height: 900 },
  { width: 360, height: 740 },
];

async function expectInView(page: Page, parts: readonly Locator[]): Promise<void> {
  const { width, height } = page.viewportSize()!;
  for (const part of parts) {
    const box = (await part.boundingBox())!;
    expect(Math.min(box.x, box.y)).toBeGreaterThanOrEqual(0);
    expect(box.x + box.width).toBeLessThanOrEqual(width);
    expect(box.y + box.height).toBeLessThanOrEqual(height);
  }
}

async function violations(page: Page): Promise<unknown[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html.slice(0, 200))]);
}

describe('the first screen', () => {
  const { open } = usePage();

  test.each(SIZES)(
    'at %j shows text, Train, sample, prompt and Generate without scrolling, and the sample while it trains',
    async (viewport) => {
      const { page } = await open({ viewport });
      await page.getByText('1.2 MB', { exact: true }).waitFor();
      const always = [textArea(page), page.getByLabel('Prompt'), button(page, 'Generate')];
      await expectInView(page, [...always, button(page, 'Train'), page.getByText('Press Train. Every few')]);
      await textArea(page).fill(english(4000));
      await tinyModel(page, 1_000_000);
      await button(page, 'Train').click();
      await button(page, 'Play').waitFor(); // the timeline begins with the second sample
      await page.evaluate(() => scrollTo(0, 0));
      await expectInView(page, [button(page, 'Pause'), sample(page), page.getByRole('slider'), ...always]);
      await button(page, 'Stop').click();
    },
  );

  test.each(['de', 'ko'])('on a phone it fits while it trains in every language (%s)', async (locale) => {
    const { page } = await open({ viewport: SIZES[1]!, locale }, { waitForTrain: false });
    const controls = page.locator('.controls').getByRole('button');
    await page.locator('#training-text').fill(english(4000));
    await controls.first().click();
    await page.getByRole('slider').waitFor();
    await page.evaluate(() => scrollTo(0, 0));
    const write = page.locator('#prompt').locator('xpath=following-sibling::button[1]');
    await expectInView(page, [
      page.locator('#training-text'),
      controls.last(),
      page.locator('.sample .text'),
      page.getByRole('slider'),
      page.locator('#prompt'),
      write,
    ]);
    await controls.last().click();
  });
});

describe('the panels', () => {
  const { open, address } = usePage();

  test('each has an address, which the Back button and a reload follow', async () => {
    const { page } = await open();
    for (const [name, label] of Object.entries(en.panels)) {
      await openPanel(page, label);
      expect(new URL(page.url()).hash).toBe(`#${name}`);
    }
    await preset(page).waitFor();
    await page.goBack();
    await button(page, 'Save model').waitFor();
    expect(await preset(page).count()).toBe(0);
    await page.reload();
    await button(page, 'Save model').waitFor();
    await page.goto(`${address()}#runs`);
    await button(page, 'Open model').waitFor();
  });

  test.each(['light', 'dark'] as const)('none has a violation that axe finds (%s)', async (colorScheme) => {
    const { page } = await open({ colorScheme });
    await textArea(page).fill(english(4000));
    await tinyModel(page, 40);
    await button(page, 'Train').click();
    await page.getByText('Done: all 40 steps.').waitFor();
    for (const label of PANEL_LABELS) {
      await openPanel(page, label);
      expect([label, await violations(page)]).toEqual([label, []]);
    }
  });
});

describe('the timeline', () => {
  const { open } = usePage();
  const then = (page: Page) => page.getByRole('group', { name: 'Earlier sample' });

  test('goes back to each sample by keyboard, plays them, saves them, and survives a reload', async () => {
    const { page } = await open();
    await textArea(page).fill(english(4000));
    await tinyModel(page, 1_000_000);
    await button(page, 'Train').click();
    const slider = page.getByRole('slider', { name: 'Sample to show' });
    await until(async () => (await slider.count()) > 0 && Number(await slider.getAttribute('max')) >= 2);
    await button(page, 'Stop').click();
    await button(page, 'Train').waitFor();
    expect(await slider.getAttribute('aria-valuetext')).toBe('now');
    await slider.press('Home');
    const first = await slider.getAttribute('aria-valuetext');
    expect(first).toMatch(/^(after step \d+|before the first step)$/);
    await then(page).getByText(first!, { exact: true }).waitFor();
    const text = await then(page).locator('.prose').innerText();
    expect(text).not.toBe(await sample(page).innerText());
    await slider.press('End');
    expect(await then(page).count()).toBe(0);

    const download = page.waitForEvent('download');
    await button(page, 'Save samples').click();
    const file = await readFile(await (await download).path(), 'utf8');
    expect((await download).suggestedFilename()).toBe('mini-llm-samples.txt');
    expect(file).toContain(`--- ${first} ---`);
    expect(file.match(/^--- /gm)).toHaveLength(Number(await slider.getAttribute('max')) + 1);

    await button(page, 'Play').click();
    await then(page).waitFor();
    await button(page, 'Stop playing').waitFor();
    await button(page, 'Play').waitFor();
    expect(await then(page).count()).toBe(0);

    await page.reload();
    await button(page, 'Open it').click();
    await slider.press('Home');
    await then(page).getByText(first!, { exact: true }).waitFor();
    expect(await then(page).locator('.prose').innerText()).toBe(text);
  });

  test('a line in plain words says how far the model is', async () => {
    const { page } = await open();
    await textArea(page).fill(english(4000));
    await tinyModel(page, 1_000_000);
    await button(page, 'Train').click();
    await reachStep(page, 300);
    await page
      .getByText(
        /^It (writes words|writes phrases|strings letters together|starts to quote your text): \d+ %/,
      )
      .waitFor();
    await button(page, 'Stop').click();
  });
});
