// The page in each of its languages: nothing of it is left in English, and it fits a phone.

import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { PANELS } from '../web/app/state/panels.svelte.ts';
import type { Words } from '../web/app/words/words.ts';
import { button, textArea, tinyModel, until, usePage } from './helpers/page.ts';
import { ENGLISH, leavesOf, said, wordsOf } from './helpers/words.ts';

const CODES = ['ko', 'de'];
const WIDTHS = [360, 320];

/** In neither language of the tests' own words, so that it hides no English. */
const TEXT = '옛날 옛적 어느 마을에 나무꾼이 살았어요. 나무꾼은 날마다 산에 올라 나무를 했어요. '.repeat(40);

/** Three English words of a sentence of the page, one after the other. */
const ENGLISH_PIECES = new Set([...leavesOf(ENGLISH).values()].flatMap((leaf) => piecesOf(said(leaf))));

function piecesOf(text: string): string[] {
  return text
    .split(/[^A-Za-z’ ]+/)
    .flatMap((part) => {
      const words = part.trim().split(/ +/);
      return words.slice(2).map((_, i) => words.slice(i, i + 3).join(' '));
    })
    .filter((piece) => piece !== 'WebAssembly relaxed SIMD');
}

const language = (page: Page) => page.locator('select:visible', { has: page.locator('option[lang]') });
const step = (page: Page) =>
  page.locator('.controls progress').evaluate((bar) => (bar as HTMLProgressElement).value);
const lang = (page: Page) => page.evaluate(() => document.documentElement.lang);

async function show(page: Page, words: Words, name: (typeof PANELS)[number]): Promise<void> {
  await page.getByRole('link', { name: words.panels[name], exact: true }).first().click();
  await page.locator(`nav a[href="#${name}"][aria-current]`).waitFor();
  const closed = page.locator('.panels details:not([open]) > summary:visible');
  while ((await closed.count()) > 0) await closed.first().click();
}

/** What the page shows and what it tells screen readers, without texts of the user and of the model. */
function shownTexts(): string[] {
  const foreign =
    'pre, code, svg, script, style, noscript, .prose, p.text, blockquote, .output .text, .tokens, .candidates, body [lang=en]';
  const texts: string[] = [document.title];
  for (const element of document.querySelectorAll('body *')) {
    if (element.closest(foreign)) continue;
    if (!(element instanceof HTMLOptionElement) && !element.checkVisibility()) continue;
    for (const name of ['aria-label', 'title', 'placeholder', 'data-hint', 'aria-valuetext'])
      texts.push(element.getAttribute(name) ?? '');
    if (element instanceof HTMLTextAreaElement) continue;
    for (const node of element.childNodes)
      if (node.nodeType === Node.TEXT_NODE) texts.push(node.nodeValue ?? '');
  }
  return texts.map((text) => text.replaceAll(/\s+/g, ' ').trim()).filter((text) => text !== '');
}

async function leftInEnglish(page: Page): Promise<string[]> {
  const texts = await page.evaluate(shownTexts);
  return [...new Set(texts)].filter((text) => piecesOf(text).some((piece) => ENGLISH_PIECES.has(piece)));
}

async function violations(page: Page): Promise<unknown[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html.slice(0, 200))]);
}

const overflow = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

describe('the language of the page', () => {
  const { open, address } = usePage();

  test('English is found in English, so the tests below would find what is left of it', async () => {
    const { page } = await open();
    const found = await leftInEnglish(page);
    for (const text of [ENGLISH.sample.empty, ENGLISH.text.placeholder, ENGLISH.footer.private])
      expect(found.filter((other) => other === text)).toEqual([text]);
  });

  test.each(CODES)(
    'in %s nothing is left in English, with axe 0 and nothing to scroll sideways',
    async (code) => {
      const words = await wordsOf(code);
      const { page } = await open();
      await textArea(page).fill(TEXT);
      await tinyModel(page, 1_000_000);
      await button(page, 'Train').click();
      await until(async () => (await step(page)) > 5);

      // Training goes on while the language changes, in the same page.
      await page.evaluate(() => ((window as { same?: boolean }).same = true));
      await language(page).selectOption(code);
      await button(page, words.run.pause).waitFor();
      const before = await step(page);
      await until(async () => (await step(page)) > before);
      expect(await page.evaluate(() => (window as { same?: boolean }).same)).toBe(true);
      expect(await lang(page)).toBe(code);
      await button(page, words.run.stop).click();
      await button(page, words.run.train).waitFor();

      await button(page, words.write.generate).click();
      await page.getByText(words.write.freshSeed).waitFor();
      await page.getByText(words.write.complete(false)).waitFor({ state: 'attached' });
      for (const name of PANELS) {
        await show(page, words, name);
        expect([name, await leftInEnglish(page)]).toEqual([name, []]);
        expect([name, await violations(page)]).toEqual([name, []]);
        for (const width of WIDTHS) {
          await page.setViewportSize({ width, height: 740 });
          expect([name, width, await overflow(page)]).toEqual([name, width, 0]);
        }
        await page.setViewportSize({ width: 1280, height: 720 });
      }
    },
  );

  test.each(CODES)('in dark %s axe finds nothing, on a phone either', async (code) => {
    const words = await wordsOf(code);
    const { page } = await open(
      { colorScheme: 'dark', locale: code, viewport: { width: 360, height: 740 } },
      { waitForTrain: false },
    );
    await button(page, words.run.train).waitFor();
    expect(await lang(page)).toBe(code);
    for (const name of PANELS) {
      await show(page, words, name);
      expect([name, await violations(page)]).toEqual([name, []]);
    }
  });

  test('comes from the address, then from the last choice, then from the browser', async () => {
    const [ko, de] = [await wordsOf('ko'), await wordsOf('de')];
    const { page } = await open({ locale: 'ko-KR' }, { waitForTrain: false });
    await button(page, ko.run.train).waitFor();

    await page.goto(`${address()}?lang=de#inside`);
    await button(page, de.run.train).waitFor();
    await page.locator('nav a[href="#inside"][aria-current]', { hasText: de.panels.inside }).waitFor();
    expect(await lang(page)).toBe('de');

    await language(page).selectOption('en');
    await button(page, 'Train').waitFor();
    expect(new URL(page.url()).searchParams.get('lang')).toBe('en');
    expect(new URL(page.url()).hash).toBe('#inside');
    await page.goto(address());
    await button(page, 'Train').waitFor();
    expect(await lang(page)).toBe('en');
    await page.goto(`${address()}?lang=xx`);
    await button(page, 'Train').waitFor();
  });

  test('an unknown language of the browser becomes English', async () => {
    const { page } = await open({ locale: 'eo' });
    expect(await lang(page)).toBe('en');
    expect(await language(page).locator('option').allInnerTexts()).toEqual(['English', 'Deutsch', '한국어']);
  });
});
