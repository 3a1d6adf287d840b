// The benchmark on the page: it runs in its own worker, and the results can be copied as Markdown.

import type { Page } from 'playwright-core';
import { button, openPanel, reachStep, textArea, tinyModel, until, usePage } from './helpers/page.ts';
import { english } from './helpers/texts.ts';

const panel = (page: Page) => page.getByRole('region', { name: 'Benchmark', exact: true });
const status = (page: Page) => panel(page).getByRole('status');

async function openBenchmark(page: Page): Promise<void> {
  await openPanel(page, 'Details');
  await panel(page).locator('summary').first().click();
  await button(page, 'Run benchmark').waitFor();
}

async function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

describe('the benchmark on the page', () => {
  const { open } = usePage();

  test('its code is fetched only when it is opened', async () => {
    const { page } = await open();
    await page.getByText('Ready.').waitFor();
    const scripts = (): Promise<string[]> =>
      page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
    expect((await scripts()).filter((name) => /bench/i.test(name))).toEqual([]);
    await openBenchmark(page);
    expect((await scripts()).filter((name) => /bench/i.test(name))).not.toEqual([]);
  });

  test('measures, shows tables that fit a phone, and copies them', async () => {
    const { page } = await open({
      viewport: { width: 360, height: 740 },
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    await openBenchmark(page);
    await button(page, 'Run benchmark').click();
    await status(page).getByText('Done.').waitFor();
    for (const name of [
      /^Peak of the matrix kernel/,
      /^Training;/,
      /^Generation,/,
      /^Speedup by the KV cache/,
    ])
      await panel(page).getByRole('region', { name }).getByRole('table').waitFor();
    await panel(page).getByText('Time of each operation in a step').click();
    await panel(page)
      .getByRole('region', { name: /^Time of each operation in a W2 step/ })
      .waitFor();
    expect(await overflow(page)).toBe(0);
    await button(page, 'Copy').click();
    await panel(page).getByText('Copied.').waitFor();
    const text = await page.evaluate(() => navigator.clipboard.readText());
    expect(text).toMatch(/^mini-llm on .+ \d+.*, \d+ cores?; medians\n/);
    expect(text).toMatch(/^\| training \| build \| threads \| ms\/step \|/m);
    for (const name of ['W1', 'W2'])
      expect(text).toMatch(
        new RegExp(`^\\| ${name} \\| [\\w-]*threads \\| 1 \\| [\\d,.]+ \\| [\\d,.]+ \\|`, 'm'),
      );
    expect(text).toMatch(/^\| G1 \| [\w-]*threads \| 1 \| [\d,.]+ \| [\d,.]+ \| [\d.]+× \|/m);
    expect(text).not.toMatch(/W3|G3|NaN|Infinity/);
  });

  test('it can be stopped, waits during training, and stops when training starts', async () => {
    const { page } = await open();
    await textArea(page).fill(english(4000));
    await tinyModel(page, 1_000_000);
    await openBenchmark(page);
    await button(page, 'Run benchmark').click();
    await status(page)
      .getByText(/^Measuring W1/)
      .waitFor();
    await button(page, 'Stop benchmark').click();
    await status(page).getByText('Stopped.').waitFor();

    await button(page, 'Run benchmark').click();
    await status(page)
      .getByText(/^Measuring W1/)
      .waitFor();
    await button(page, 'Train').click();
    await status(page).getByText('Stopped because training began.').waitFor();
    await reachStep(page, 3);
    await panel(page).getByText('Wait for the end of training').waitFor();
    await button(page, 'Run benchmark').press('Enter');
    expect(await button(page, 'Stop benchmark').count()).toBe(0);

    await button(page, 'Stop').click();
    await button(page, 'Train').waitFor();
    await button(page, 'Run benchmark').click();
    await until(async () => /^Measuring/.test(await status(page).innerText()));
    await button(page, 'Stop benchmark').click();
  });
});
