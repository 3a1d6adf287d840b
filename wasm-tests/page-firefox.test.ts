// The page in Firefox: it trains, keeps the run, and goes on with it after a reload.

import type { Page } from 'puppeteer-core';
import { testWithFirefox, useFirefox } from './helpers/firefox.ts';
import { TIMEOUT_MS, until } from './helpers/page.ts';
import { StaticHost } from './helpers/static-host.ts';
import { english } from './helpers/texts.ts';

const withFirefox = testWithFirefox();
const firefox = useFirefox();
const host = new StaticHost();
host.isolating = true;
beforeAll(async () => void (await host.listen()));
afterAll(() => host.close());

/** Waits for a text on the page, and returns what matched. */
async function shown(page: Page, pattern: RegExp): Promise<string> {
  const find = (source: string) => new RegExp(source).exec(document.body.innerText)?.[0] ?? false;
  const found = await page.waitForFunction(find, { polling: 100, timeout: TIMEOUT_MS }, pattern.source);
  return String(await found.jsonValue());
}

/** Clicks the element that carries this text, once it can be clicked. */
async function click(page: Page, selector: string, text: string): Promise<void> {
  const press = (selector: string, text: string) => {
    const element = [...document.querySelectorAll<HTMLElement>(selector)].find(
      ({ textContent }) => textContent.trim() === text,
    );
    if (!element || element.matches(':disabled')) return false;
    element.click();
    return true;
  };
  await page.waitForFunction(press, { polling: 100, timeout: TIMEOUT_MS }, selector, text);
}

/** Types into the field with this label. */
function fill(page: Page, label: string, value: string): Promise<void> {
  return page.evaluate(
    (label, value) => {
      const fields = [
        ...document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>('input, textarea'),
      ];
      const field = fields.find(({ labels }) =>
        [...(labels ?? [])].some((l) => l.innerText.trim() === label),
      );
      if (!field) throw new Error(`No field is called ${label}.`);
      field.value = value;
      for (const type of ['input', 'change']) field.dispatchEvent(new Event(type, { bubbles: true }));
    },
    label,
    value,
  );
}

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
