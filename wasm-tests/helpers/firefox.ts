// Firefox, which Playwright drives only in a build of its own: here Debian's, over WebDriver BiDi.

import fs from 'node:fs';
import puppeteer, { type Browser, type LaunchOptions, type Page } from 'puppeteer-core';
import en from '../../web/app/words/en.ts';
import { CHROMIUM, TIMEOUT_MS } from './page.ts';
import { testWith } from './readers.ts';
import { english } from './texts.ts';

const FIREFOX = [process.env.FIREFOX_PATH ?? '', '/usr/bin/firefox-esr', '/usr/bin/firefox'].find((file) =>
  fs.existsSync(file),
);

/** Tests that need Firefox. */
export function testWithFirefox(): jest.It {
  return testWith(
    'Firefox',
    FIREFOX !== undefined,
    'run "npm run setup -- --tests" as root on Debian, or set FIREFOX_PATH to it.',
  );
}

export interface OpenedInFirefox {
  page: Page;
  /** URLs that were requested, without the page's own, and without data: URLs, as which Firefox reports its own font. */
  requests: string[];
  /** Errors of the console and uncaught exceptions. */
  errors: string[];
}

export interface Driven {
  /** `before` runs in the page before its own scripts. */
  open: (address: string, before?: () => void) => Promise<OpenedInFirefox>;
}

/** Gives a test file one Firefox, started when a page is opened; call at the top of a describe block. */
export function useFirefox(): Driven {
  return useDriven({ browser: 'firefox', executablePath: FIREFOX! });
}

/** Chromium driven in the same way, for what Playwright hides from a page: that another tab is in front of it. */
export function useChromium(): Driven {
  return useDriven({ browser: 'chrome', ...CHROMIUM });
}

function useDriven(how: LaunchOptions): Driven {
  let browser: Browser | undefined;
  afterAll(() => browser?.close());

  return {
    open: async (address, before) => {
      browser ??= await puppeteer.launch({ ...how, headless: true });
      const page = await browser.newPage();
      page.setDefaultTimeout(TIMEOUT_MS);
      const requests: string[] = [];
      const errors: string[] = [];
      page.on('request', (request) => {
        if (request.url() !== address && !request.url().startsWith('data:')) requests.push(request.url());
      });
      page.on('console', (message) => {
        if (message.type() === 'error') errors.push(message.text());
      });
      page.on('pageerror', (error) => errors.push(String(error)));
      if (before) await page.evaluateOnNewDocument(before);
      await page.goto(address);
      return { page, requests, errors };
    },
  };
}

/** Hides the page behind another tab; returns what brings it back. */
export async function hide(page: Page): Promise<() => Promise<void>> {
  const other = await page.browser().newPage();
  await other.bringToFront();
  await page.waitForFunction(() => document.hidden, { polling: 100 });
  return async () => {
    await other.close();
    await page.bringToFront();
    await page.waitForFunction(() => !document.hidden, { polling: 100 });
  };
}

// What a user sees and does.

/** Waits for a text on the page, and returns what matched. */
export async function shown(page: Page, pattern: RegExp): Promise<string> {
  const find = (source: string) => new RegExp(source).exec(document.body.innerText)?.[0] ?? false;
  const found = await page.waitForFunction(find, { polling: 100, timeout: TIMEOUT_MS }, pattern.source);
  return String(await found.jsonValue());
}

/** Clicks the element that carries this text, once it can be clicked. */
export async function click(page: Page, selector: string, text: string): Promise<void> {
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
export function fill(page: Page, label: string, value: string): Promise<void> {
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

/** Presses Train on an English text, with these values in fields of "All options". */
export async function train(page: Page, values: Readonly<Record<string, string>>): Promise<void> {
  await click(page, 'a', 'Details');
  await click(page, 'summary', 'All options');
  await fill(page, 'Training text', english(4000));
  for (const [label, value] of Object.entries(values)) await fill(page, label, value);
  await click(page, 'button', 'Train');
}

/** Opens every panel and what can be unfolded there. */
export async function openEveryPanel(page: Page): Promise<void> {
  for (const label of Object.values(en.panels)) {
    await click(page, 'a', label);
    await page.evaluate(() => {
      for (const summary of document.querySelectorAll<HTMLElement>('.panels details:not([open]) > summary'))
        if (summary.checkVisibility()) summary.click();
    });
  }
}
