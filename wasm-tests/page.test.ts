// The main path of the page: enter a text, train with live samples, generate.

import {
  alerts,
  button,
  generated,
  metric,
  reachStep,
  sample,
  setOptions,
  setSampling,
  stepShown,
  textArea,
  tinyModel,
  until,
  usePage,
} from './helpers/page.ts';
import { english } from './helpers/texts.ts';

describe('training on the page', () => {
  const { open } = usePage();

  test('a pasted text trains, samples appear meanwhile, and after Stop the model generates', async () => {
    const { page } = await open({ permissions: ['clipboard-read', 'clipboard-write'] });
    await until(async () => (await textArea(page).inputValue()).includes('Call me Ishmael'));
    await page.evaluate((text) => navigator.clipboard.writeText(text), english(4000));
    await textArea(page).focus();
    await page.keyboard.press('Control+A');
    await page.keyboard.press('Control+V');
    expect(await textArea(page).inputValue()).toBe(english(4000));
    await tinyModel(page, 1_000_000);
    await button(page, 'Train').click();
    await until(async () => (await sample(page).innerText()).trim().length > 20);
    await expect(button(page, 'Stop').isVisible()).resolves.toBe(true);
    await reachStep(page, 250);
    await until(async () => parseFloat(await metric(page, 'Validation loss').innerText()) > 0);
    expect(parseFloat(await metric(page, 'Loss').innerText())).toBeLessThan(5);
    expect(parseFloat(await metric(page, 'Bits per byte').innerText())).toBeLessThan(8);
    await button(page, 'Stop').click();
    await button(page, 'Train').waitFor();
    await page.getByLabel('Prompt').fill('the cat');
    await page.getByLabel('Length', { exact: true }).fill('80');
    await button(page, 'Generate').click();
    await until(async () => (await generated(page).getAttribute('aria-busy')) === 'false');
    const text = await generated(page).innerText();
    expect(text.startsWith('the cat')).toBe(true);
    expect(text.length).toBeGreaterThan('the cat'.length + 60);
    await page.getByText(/^80 tokens · [\d,.]+ tokens\/s$/).waitFor();
  });

  test('Pause stops the steps, Resume continues them', async () => {
    const { page } = await open();
    await textArea(page).fill(english(4000));
    await tinyModel(page, 1_000_000);
    await button(page, 'Train').click();
    await reachStep(page, 5);
    await button(page, 'Pause').click();
    await button(page, 'Resume').waitFor();
    const paused = await stepShown(page);
    await page.waitForTimeout(500);
    expect(await stepShown(page)).toBe(paused);
    await button(page, 'Resume').click();
    await reachStep(page, paused + 5);
  });

  test('the model generates during training, and training continues after that', async () => {
    const { page } = await open();
    await textArea(page).fill(english(4000));
    await tinyModel(page, 1_000_000);
    await button(page, 'Train').click();
    await reachStep(page, 5);
    await setSampling(page, { Length: 50 });
    await page.getByLabel('KV cache').click();
    expect(await page.getByLabel('KV cache').isChecked()).toBe(false);
    await page.getByLabel('int8 weights').click();
    expect(await page.getByLabel('int8 weights').isChecked()).toBe(true);
    await button(page, 'Generate').click();
    await page.getByText(/^50 tokens · /).waitFor();
    await until(async () => (await generated(page).getAttribute('aria-busy')) === 'false');
    const step = await stepShown(page);
    await reachStep(page, step + 5);
  });

  test('a stopped run can be resumed; Train starts a new one', async () => {
    const { page } = await open();
    await textArea(page).fill(english(4000));
    await tinyModel(page, 1_000_000);
    await button(page, 'Train').click();
    await reachStep(page, 300);
    await button(page, 'Stop').click();
    await button(page, 'Resume').click();
    await button(page, 'Stop').waitFor();
    const step = await stepShown(page);
    await reachStep(page, step + 5);
    await button(page, 'Stop').click();
    await button(page, 'Train').click();
    await button(page, 'Stop').waitFor();
    expect(await stepShown(page)).toBeLessThan(step);
  });

  test('a run ends after its last step', async () => {
    const { page } = await open();
    await textArea(page).fill(english(4000));
    await tinyModel(page, 40);
    await button(page, 'Train').click();
    await page.getByText('Done: all 40 steps.').waitFor();
    expect(await stepShown(page)).toBe(40);
    expect(parseFloat(await metric(page, 'Validation loss').innerText())).toBeGreaterThan(0);
  });

  test('Train works at once with the example text and shows a sample soon', async () => {
    const { page } = await open();
    await button(page, 'Train').click();
    await until(async () => (await sample(page).innerText()).length > 0);
    await page.getByText(/Runs on this processor: .* build/).waitFor();
    await button(page, 'Stop').click();
    await button(page, 'Train').waitFor();
    expect(await alerts(page).count()).toBe(0);
  });

  test('a NaN loss ends training with advice, and the model still generates', async () => {
    const { page } = await open();
    await textArea(page).fill(english(4000));
    await tinyModel(page, 100_000);
    await setOptions(page, { 'Learning rate': 1000, 'Final learning rate': 1000, 'Gradient clipping': 0 });
    await button(page, 'Train').click();
    await alerts(page).filter({ hasText: /lr/ }).waitFor();
    await button(page, 'Generate').click();
    await until(async () => (await generated(page).innerText()).length > 0);
  });

  test('live samples are shown without empty lines', async () => {
    const { page } = await open();
    await textArea(page).fill('a word\n\n\n\n'.repeat(500));
    await tinyModel(page, 1_000_000);
    await button(page, 'Train').click();
    await reachStep(page, 300);
    for (let i = 0; i < 20; i++) {
      expect(await sample(page).textContent()).not.toMatch(/\n\s*\n/);
      await page.waitForTimeout(100);
    }
    await button(page, 'Stop').click();
  });

  test('the title of the tab shows the progress', async () => {
    const { page } = await open();
    await textArea(page).fill(english(4000));
    await tinyModel(page, 20_000);
    await button(page, 'Train').click();
    await until(async () => /^[1-9]\d? % · mini-llm$/.test(await page.title()));
    await button(page, 'Pause').click();
    await until(async () => /^Paused at \d+ % · mini-llm$/.test(await page.title()));
    await button(page, 'Stop').click();
    await until(async () => /^Stopped at \d+ % · mini-llm$/.test(await page.title()));
  });

  test('a page translated by the browser still updates', async () => {
    const { page } = await open();
    await textArea(page).fill(english(4000));
    await tinyModel(page, 1_000_000);
    await page.evaluate(translateAsBrowsersDo);
    await button(page, 'Train').click();
    await reachStep(page, 20);
    await page.evaluate(translateAsBrowsersDo);
    await reachStep(page, 100);
    await button(page, 'Pause').click();
    await page
      .getByRole('status')
      .filter({ hasText: /^Paused after step \d+/ })
      .waitFor();
    for (const live of [sample(page), generated(page), metric(page, 'Tokens/s')])
      expect(await live.getAttribute('translate')).toBe('no');
  });

  test.each(['reduce', 'no-preference'] as const)(
    'scrolling respects the preference for reduced motion (%s)',
    async (reducedMotion) => {
      const { page } = await open({ reducedMotion });
      await textArea(page).fill(english(4000));
      await tinyModel(page, 1_000_000);
      const scrolled = page.evaluate(
        () =>
          new Promise<string | undefined>((resolve) => {
            Element.prototype.scrollIntoView = (how) => resolve((how as ScrollIntoViewOptions).behavior);
          }),
      );
      await button(page, 'Train').click();
      expect(await scrolled).toBe(reducedMotion === 'reduce' ? 'auto' : 'smooth');
      await button(page, 'Stop').click();
    },
  );
});

/** Puts every text that may be translated into its own element. */
function translateAsBrowsersDo(): void {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const texts: Text[] = [];
  while (walker.nextNode()) texts.push(walker.currentNode as Text);
  for (const text of texts) {
    const parent = text.parentElement;
    if (!parent || text.data.trim() === '' || parent.closest('[translate=no], textarea, script, style, font'))
      continue;
    const font = document.createElement('font');
    font.textContent = text.data;
    text.replaceWith(font);
  }
}
