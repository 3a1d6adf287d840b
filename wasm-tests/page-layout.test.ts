// The page on a phone, by keyboard, isolated, translated, and when the user leaves.

import type { Page } from 'playwright-core';
import {
  button,
  moreOptions,
  reachStep,
  setOptions,
  textArea,
  tinyModel,
  until,
  usePage,
} from './helpers/page.ts';
import { english } from './helpers/texts.ts';

const PHONE = { width: 360, height: 740 };

async function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

describe('the page', () => {
  const { open } = usePage();

  test.each(['light', 'dark'] as const)('nothing scrolls sideways on a phone (%s)', async (colorScheme) => {
    const { page } = await open({ viewport: PHONE, colorScheme });
    expect(await overflow(page)).toBe(0);
    await textArea(page).fill(english(4000) + 'x'.repeat(500));
    await tinyModel(page, 1_000_000);
    expect(await overflow(page)).toBe(0);
    await button(page, 'Train').click();
    await reachStep(page, 20);
    await page.getByLabel('Prompt').fill('x'.repeat(300));
    await button(page, 'Generate').click();
    await page.getByText(/^300 tokens · /).waitFor();
    expect(await overflow(page)).toBe(0);
    await button(page, 'Stop').click();
  });

  test('is isolated, so that threads can share memory, and shows which build runs', async () => {
    const { page } = await open();
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    await page.getByText(/Runs on this processor: [\w-]+ build .* \d+ threads?\./).waitFor();
  });

  test('its policy forbids inline scripts and requests to other origins', async () => {
    const { page, errors } = await open();
    const blocked = await page.evaluate(async () => {
      const elsewhere = await fetch('https://example.com/').then(
        () => false,
        () => true,
      );
      const script = document.createElement('script');
      script.textContent = 'document.title = "inline"';
      document.head.append(script);
      return elsewhere && document.title === 'mini-llm';
    });
    expect(blocked).toBe(true);
    expect(errors.length).toBeGreaterThan(0);
    errors.length = 0;
  });

  test('training starts, pauses, resumes and stops by keyboard alone', async () => {
    const { page } = await open();
    await textArea(page).fill(english(4000));
    await tinyModel(page, 1_000_000);
    await button(page, 'Train').focus();
    await page.keyboard.press('Enter');
    await reachStep(page, 3);
    for (const next of ['Pause', 'Resume', 'Pause'])
      await until(async () => {
        const focused = await page.evaluate(() => document.activeElement?.textContent?.trim());
        if (focused !== next) return false;
        await page.keyboard.press('Enter');
        return true;
      });
    await button(page, 'Stop').press('Enter');
    await button(page, 'Train').waitFor();
  });

  test('every control has a name', async () => {
    const { page } = await open();
    await moreOptions(page);
    await setOptions(page, {}); // opens the list of options
    const nameless = await page.evaluate(() =>
      [...document.querySelectorAll('input, select, textarea, button')]
        .filter((control) => {
          const labels = (control as HTMLInputElement).labels?.length ?? 0;
          return labels === 0 && !control.getAttribute('aria-label') && !control.textContent?.trim();
        })
        .map((control) => control.outerHTML),
    );
    expect(nameless).toEqual([]);
  });

  test.each([
    { width: 360, height: 740 },
    { width: 740, height: 360 },
    { width: 320, height: 256 },
  ])('at %j the bar covers at most a third of the screen and never the focused element', async (viewport) => {
    const { page } = await open({ viewport });
    await textArea(page).fill(english(4000));
    await tinyModel(page, 1_000_000);
    await button(page, 'Train').click();
    await reachStep(page, 2);
    await page.getByRole('region', { name: 'Training controls' }).getByRole('button').last().focus();
    const hidden: string[] = [];
    for (const key of [...Array<string>(60).fill('Tab'), ...Array<string>(60).fill('Shift+Tab')]) {
      await page.keyboard.press(key);
      const found = await page.evaluate(() => {
        const focused = document.activeElement!;
        const bar = document.querySelector('.controls')!;
        const { bottom, top, height } = bar.getBoundingClientRect();
        const covers = getComputedStyle(bar).position === 'sticky' && top <= 0 ? bottom : 0;
        if (covers > 0 && height > innerHeight / 3) return 'a bar that is too high';
        if (focused === document.body || bar.contains(focused)) return '';
        return focused.getBoundingClientRect().bottom > covers + 1 ? '' : focused.outerHTML.slice(0, 120);
      });
      if (found !== '') hidden.push(found);
    }
    expect(hidden).toEqual([]);
    await button(page, 'Stop').click();
  });

  test('switches and progress are visible in forced colors', async () => {
    const { page } = await open({ forcedColors: 'active' });
    await moreOptions(page);
    const drawn = (name: string) =>
      page.getByRole('switch', { name }).evaluate((control) => {
        const { borderTopWidth, backgroundColor } = getComputedStyle(control);
        const knob = getComputedStyle(control, '::before').backgroundColor;
        return { line: parseFloat(borderTopWidth), backgroundColor, knob };
      });
    const [on, off] = [await drawn('KV cache'), await drawn('int8 weights')];
    expect(on.line).toBeGreaterThan(0);
    expect(off.line).toBeGreaterThan(0);
    expect(on.backgroundColor).not.toBe(off.backgroundColor);
    expect(off.knob).not.toBe(off.backgroundColor);
    expect(on.knob).not.toBe(on.backgroundColor);
    const progress = page.getByRole('progressbar', { name: 'Steps done' });
    expect(
      await progress.evaluate((bar) => parseFloat(getComputedStyle(bar).borderTopWidth)),
    ).toBeGreaterThan(0);
  });

  test('a Hebrew or Arabic text runs from right to left', async () => {
    const { page } = await open();
    await page.getByText('1.2 MB', { exact: true }).waitFor();
    await moreOptions(page);
    const fields = [textArea(page), page.getByLabel('Prompt'), page.getByLabel('Stop at')];
    for (const [text, expected] of [
      ['שלום עולם', 'rtl'],
      ['Hello', 'ltr'],
      ['مرحبا', 'rtl'],
    ] as const) {
      for (const field of fields) {
        await field.fill(text);
        const direction = () => field.evaluate((area) => getComputedStyle(area).direction);
        await until(async () => (await direction()) === expected);
      }
    }
  });

  test('a page translated by the browser keeps updating', async () => {
    const { page } = await open({ permissions: ['clipboard-read', 'clipboard-write'] });
    await page.evaluate(translate);
    await until(async () => (await page.getByText('[[Training text]]').count()) === 1);
    await page.locator('#training-text').fill(english(4000));
    await page.getByText('4 kB', { exact: true }).waitFor();
    await page.locator('#training-text').fill(english(5000));
    await page.getByText('5 kB', { exact: true }).waitFor();
    await page.getByLabel('[[Temperature]]').fill('0,5');
    await page.getByText('Read as 0.5.').waitFor();
    await page.getByLabel('[[Temperature]]').fill('0,6');
    await page.getByText('Read as 0.6.').waitFor();
    await page.locator('#example').selectOption('names');
    await page.getByText('Text replaced.').waitFor();
    await button(page, '[[Undo]]').click();
    await page.getByText('Text restored.').waitFor();
    expect(await page.getByText('Text replaced.').count()).toBe(0);
    await button(page, '[[Clear]]').click();
    await button(page, '[[Train]]').click();
    await page.getByText('[[The text is empty; there is nothing to learn from.]]').waitFor();
    await page.locator('#training-text').fill('Short.');
    await button(page, '[[Train]]').click();
    await page.getByText(/^\[\[The text has only 6 bytes/).waitFor();
    expect(await page.getByText('The text is empty').count()).toBe(0);
  });
});

/** Translates like a browser: puts each text, also new ones, into its own element. */
function translate(): void {
  const words = (node: Node) => {
    if (!(node.nodeValue ?? '').trim()) return;
    const parent = node.parentElement;
    if (!parent || parent.closest('[translate=no], font, script, style, textarea, option')) return;
    const font = document.createElement('font');
    font.textContent = `[[${node.nodeValue!.trim()}]]`;
    node.parentNode!.replaceChild(font, node);
  };
  const all = (root: Node) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const found: Node[] = [];
    while (walker.nextNode()) found.push(walker.currentNode);
    found.forEach(words);
  };
  all(document.body);
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes)
      for (const node of addedNodes)
        if (node.isConnected) (node.nodeType === Node.TEXT_NODE ? words : all)(node);
  }).observe(document.body, { childList: true, subtree: true });
}
