// The page in Firefox: it trains, keeps the run, goes on with it after a reload, and looks inside the model.

import type { Page } from 'puppeteer-core';
import { click, shown, testWithFirefox, train, useFirefox } from './helpers/firefox.ts';
import { until } from './helpers/page.ts';
import { StaticHost } from './helpers/static-host.ts';

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
  await train(page, { Steps: '1000000', Patience: '0' });
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

withFirefox('every view of Look inside shows something of a model of byte pairs', async () => {
  const { page, errors } = await firefox.open(host.address);
  await train(page, { Steps: '20', Vocabulary: '300' });
  await shown(page, /Done: all 20 steps\./);
  await click(page, 'a', 'Look inside');
  await click(page, 'h2', 'Next token');
  await shown(page, /The model’s likeliest next token is ".+", with [\d.]+%/);
  await click(page, 'h2', 'Attention');
  await shown(page, /Head 1 of layer 1 looks at .+ To say what follows token \d+/);
  await shown(page, /The loss of the text in view is \d+\.\d{3} nats per token/);
  await click(page, 'h2', 'Embeddings');
  await shown(page, /Across it shows \d+% of all differences, upward \d+%/);
  expect(await page.$$eval('g.token path', (all) => all.length)).toBeGreaterThan(10);
  await click(page, 'h2', 'KV cache race');
  await click(page, 'button', 'Race');
  await shown(page, /Both wrote the same text:/);
  await shown(page, /[\d,.]+ tokens\/s, [\d,]+ tokens computed/);
  await click(page, 'h2', 'The model');
  await shown(page, /Qwen3\s+[\d,]+ parameters/);
  await click(page, 'button', 'Measure where the time goes');
  await shown(page, /A step takes [\d.,]+ ms/);
  await click(page, 'h2', 'Tokens');
  await click(page, 'label', 'Your own sentence');
  await shown(page, /\d+ tokens for \d+ characters\./);
  await shown(page, / become .+, token \d+.*\. \d+ tokens are left\./);
  const alerts = await page.$$eval('[role=alert]', (all) => all.map(({ textContent }) => textContent));
  expect([...alerts.filter(Boolean), ...errors]).toEqual([]);
});
