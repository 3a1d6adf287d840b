// Comparing runs on the page: curves, differences, samples, downloads.

import { readFile } from 'node:fs/promises';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { button, openPanel, setOptions, textArea, tinyModel, until, usePage } from './helpers/page.ts';
import { english } from './helpers/texts.ts';

const { open } = usePage();

const card = (page: Page) => page.getByRole('region', { name: 'Compare runs' });

/** Trains two runs that differ in the learning rate, and opens the comparison. */
async function twoRuns(page: Page): Promise<void> {
  await textArea(page).fill(english(4000));
  await tinyModel(page, 30);
  for (const rate of [0.01, 0.03]) {
    await setOptions(page, { 'Learning rate': rate });
    await button(page, 'Train').click();
    await page.getByText('Preparing …').waitFor({ state: 'hidden' });
    await page.getByText('Done: all 30 steps.').waitFor();
    await page.getByText('saved at step 30').waitFor();
  }
  await openPanel(page, 'Runs');
  await card(page).locator('summary').click();
  await card(page).getByRole('img').waitFor();
}

test.each([
  ['light', 'none'],
  ['dark', 'none'],
  ['light', 'active'],
] as const)(
  'two runs are overlaid, by keyboard too (%s, forced colors %s)',
  async (colorScheme, forcedColors) => {
    const { page } = await open({ colorScheme, forcedColors });
    await twoRuns(page);
    const chart = card(page).getByRole('img');
    const summary = (await chart.getAttribute('aria-label'))!;
    expect(summary).toMatch(
      /^Validation loss by step\. Typed text \(2\): from \d.* to \d.*lowest .*Typed text \(1\): from/,
    );
    const values = card(page).getByRole('group', { name: 'At step 30' }).getByRole('listitem');
    expect(await values.count()).toBe(2);
    const lasts = [...summary.matchAll(/ to (\d\.\d{3}) at step 30/g)].map(([, last]) => last);
    expect((await values.locator('strong').allInnerTexts()).sort()).toEqual(lasts.sort());
    for (const metric of await card(page).getByLabel('Curve').locator('option').allInnerTexts()) {
      await card(page).getByLabel('Curve').selectOption({ label: metric });
      await until(async () => ((await chart.getAttribute('aria-label')) ?? '').startsWith(metric));
      expect(await chart.getAttribute('aria-label')).not.toContain('not measured');
    }
    await card(page).getByLabel('Curve').selectOption({ label: 'Training loss' });
    const slider = card(page).getByLabel('Step to read');
    await slider.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await card(page).getByRole('group', { name: 'At step 2' }).waitFor();
    expect(await slider.getAttribute('aria-valuetext')).toMatch(
      /^At step 2, Typed text \(2\) \d\.\d+, Typed text \(1\) \d/,
    );
    await card(page).getByLabel('Smoothing').focus();
    await page.keyboard.press('End');
    const differ = card(page).getByRole('row');
    expect(await differ.allInnerTexts()).toEqual([
      expect.stringContaining('Option'),
      expect.stringMatching(/^Learning rate\s+0\.03\s+0\.01$/),
    ]);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html.slice(0, 200))])).toEqual([]);
    if (process.env.SHOTS)
      await page.screenshot({
        path: `${process.env.SHOTS}/compare-${colorScheme}-${forcedColors}.png`,
        fullPage: true,
      });
  },
);

test('hovering reads the values, and a run can be left out', async () => {
  const { page } = await open();
  await twoRuns(page);
  await card(page).getByLabel('Curve').selectOption('train');
  await card(page)
    .locator('.u-over')
    .hover({ position: { x: 2, y: 50 } });
  await until(
    async () =>
      (await card(page)
        .getByRole('group', { name: /^At step \d+$/ })
        .count()) > 0,
  );
  expect(await card(page).getByText('At step 30', { exact: true }).count()).toBe(0);
  await card(page).getByRole('checkbox').first().uncheck();
  await until(async () => (await card(page).getByRole('listitem').count()) === 1);
  expect(await card(page).getByRole('table').count()).toBe(0);
});

test('the samples stand side by side, with the same prompt and seed', async () => {
  const { page } = await open();
  await twoRuns(page);
  await card(page).getByText('With the same prompt and the same seed, up to step 30.').waitFor();
  expect(await card(page).locator('.samples .text').count()).toBe(2);
});

test('CSV holds every recorded number, PNG is a picture', async () => {
  const { page } = await open();
  await twoRuns(page);
  const saved = async (name: string): Promise<Buffer> => {
    const download = page.waitForEvent('download');
    await card(page).getByRole('button', { name }).click();
    return readFile(await (await download).path());
  };
  const lines = (await saved('Save the numbers (CSV)')).toString().trimEnd().split('\r\n');
  expect(lines[0]).toBe(
    'run,step,train_loss,val_loss,train_bits_per_byte,val_bits_per_byte,lr,grad_norm,tokens_per_s',
  );
  expect(lines.length).toBeGreaterThanOrEqual(61);
  for (const line of lines.slice(1)) {
    const cells = line.split(',');
    expect(cells).toHaveLength(9);
    expect(cells[0]).toMatch(/^Typed text \([12]\)$/);
    if (cells[2] !== '') expect(Number(cells[6])).toBeGreaterThan(0);
  }
  const picture = await saved('Save the picture (PNG)');
  expect(picture.subarray(1, 4).toString()).toBe('PNG');
  expect(picture.readUInt32BE(20)).toBeGreaterThan(280);
});
