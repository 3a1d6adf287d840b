// The page in Firefox: it trains, keeps the run, and goes on with it after a reload.

import type { Page } from 'puppeteer-core';
import { click, fill, shown, testWithFirefox, useFirefox } from './helpers/firefox.ts';
import { until } from './helpers/page.ts';
import { StaticHost } from './helpers/static-host.ts';
import { english } from './helpers/texts.ts';

const withFirefox = testWithFirefox();
const firefox = useFirefox();
const host = new StaticHost();
host.isolating = true;
beforeAll(async () => void (await host.listen()));
afterAll(() => host.close());

/** The step of the last save. */
async function savedStep(page: Page): Promise<number> {
  return stepIn(await shown(page, /saved at step [\d,]+/));
}

const stepIn = (text: string): number => Number(/step ([\d,]+)/.exec(text)![1]!.replaceAll(',', ''));

withFirefox('a run that is interrupted by a reload goes on where it was saved', async () => {
  const { page, requests, errors } = await firefox.open(host.address);
  await click(page, 'a', 'Details');
  await click(page, 'summary', 'All options');
  await fill(page, 'Training text', english(4000));
  await fill(page, 'Steps', '1000000');
  await fill(page, 'Patience', '0');
  await click(page, 'button', 'Train');
  const saved = await savedStep(page);
  await page.reload();
  const step = stepIn(await shown(page, /stands at step [\d,]+ of 1,000,000, with a loss of \d/));
  expect(step).toBeGreaterThanOrEqual(saved);
  await click(page, 'button', 'Go on');
  await until(async () => (await savedStep(page)) > step);
  await click(page, 'button', 'Stop');
  expect(stepIn(await shown(page, /Stopped after step [\d,]+/))).toBeGreaterThan(step);
  const alerts = await page.$$eval('[role=alert]', (all) => all.map(({ textContent }) => textContent));
  expect([...alerts.filter(Boolean), ...errors]).toEqual([]); // empty ones wait for a message
  expect(requests.filter((url) => !url.startsWith(host.address) && !url.startsWith('blob:'))).toEqual([]);
});
