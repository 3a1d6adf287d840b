// How the page behaves around the edges: on a phone, by keyboard, isolated, and when somebody leaves.

import type { Page } from 'playwright-core';
import { button, reachStep, textArea, tinyModel, until, usePage } from './helpers/page.ts';
import { savedModel } from './helpers/page-files.ts';
import { english } from './helpers/texts.ts';

const PHONE = { width: 360, height: 740 };

async function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

describe('the page itself', () => {
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

  test('it is isolated, so that threads may share memory, and says which build runs', async () => {
    const { page } = await open();
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    await page.getByText(/Runs on this processor: [\w-]+ build .* \d+ threads?\./).waitFor();
  });

  test('scripts from strings and requests elsewhere are forbidden by its own policy', async () => {
    const { page, complaints } = await open();
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
    expect(complaints.length).toBeGreaterThan(0);
    complaints.length = 0;
  });

  test('from the text, the keyboard alone trains, pauses, resumes and ends it', async () => {
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
    await page.getByText('All options').click();
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

  test('leaving with an unsaved run asks first; after saving it does not', async () => {
    const { page } = await open();
    await textArea(page).fill(english(4000));
    await tinyModel(page, 10);
    await button(page, 'Train').click();
    await page.getByText('Done: all 10 steps.').waitFor();
    const asked = page.waitForEvent('dialog');
    await page.evaluate(() => void setTimeout(() => location.reload()));
    const dialog = await asked;
    expect(dialog.type()).toBe('beforeunload');
    await dialog.dismiss();
    await page.getByText('Done: all 10 steps.').waitFor();
    await savedModel(page);
    let asks = 0;
    page.on('dialog', (again) => {
      asks++;
      void again.accept();
    });
    await page.reload();
    await page.getByText('Ready.').waitFor();
    expect(asks).toBe(0);
  });
});
