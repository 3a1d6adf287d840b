// What the page writes on request: several texts at once, stop texts, and an end when one has seen enough.

import { button, generated, textArea, tinyModel, until, usePage } from './helpers/page.ts';
import { english } from './helpers/texts.ts';
import type { Page } from 'playwright-core';

const idle = async (page: Page): Promise<boolean> =>
  (await generated(page).getAttribute('aria-busy')) === 'false';

async function write(page: Page, fields: Record<string, string>): Promise<string[]> {
  const writer = page.getByRole('region', { name: 'Let it write' });
  for (const [label, value] of Object.entries(fields))
    await writer.getByLabel(label, { exact: true }).fill(value);
  await button(page, 'Generate').click();
  await until(() => idle(page));
  return generated(page).locator('.text').allInnerTexts();
}

describe('writing on the page', () => {
  const { open } = usePage();

  async function withModel(): Promise<Page> {
    const { page } = await open();
    await textArea(page).fill(english(4000));
    await tinyModel(page, 60);
    await button(page, 'Train').click();
    await page.getByText('Done: all 60 steps.').waitFor();
    return page;
  }

  test('several samples stand one under the other, the first as if it were alone', async () => {
    const page = await withModel();
    const one = await write(page, { Prompt: 'the cat', Length: '60' });
    expect(one).toHaveLength(1);
    expect(await generated(page).getByRole('heading').count()).toBe(0);
    const three = await write(page, { Samples: '3' });
    expect(three).toHaveLength(3);
    expect(three[0]).toBe(one[0]);
    expect(new Set(three).size).toBe(3);
    for (const text of three) expect(text.startsWith('the cat')).toBe(true);
    expect(await generated(page).getByRole('heading').allInnerTexts()).toEqual([
      'Sample 1',
      'Sample 2',
      'Sample 3',
    ]);
    await page.getByText(/^180 tokens · [\d,.]+ tokens\/s$/).waitFor();
    await page.getByText('The texts are complete.').waitFor({ state: 'attached' });
  });

  test('each line of the stop texts ends a text, and \\n is the end of its line', async () => {
    const page = await withModel();
    const [free] = await write(page, { Prompt: 'the cat', Length: '300' });
    expect(free).toContain('\n');
    const [line] = await write(page, { 'Stop at': 'never written\n\\n' });
    expect(line).toBe(free!.slice(0, free!.indexOf('\n')));
  });

  test('min-p and the repetition penalty are controls, and a wrong value is told', async () => {
    const page = await withModel();
    const [greedy] = await write(page, { Prompt: 'the cat', Length: '60', Temperature: '0' });
    expect(await write(page, { Temperature: '1', 'Min-p': '1' })).toEqual([greedy]);
    expect(await write(page, { 'Repetition penalty': '2' })).not.toEqual([greedy]);
    await write(page, { Samples: '65' });
    await page.getByRole('alert').filter({ hasText: 'n must be a whole number from 1 to 64' }).waitFor();
  });

  test('Cancel ends all samples where they are', async () => {
    const page = await withModel();
    const writer = page.getByRole('region', { name: 'Let it write' });
    await writer.getByLabel('Length', { exact: true }).fill('1000000');
    await writer.getByLabel('Samples', { exact: true }).fill('3');
    await button(page, 'Generate').click();
    await until(async () =>
      (await generated(page).locator('.text').allInnerTexts()).every((text) => text.length > 20),
    );
    await button(page, 'Cancel').click();
    await until(() => idle(page));
    const texts = await generated(page).locator('.text').allInnerTexts();
    expect(texts).toHaveLength(3);
    await page.waitForTimeout(200);
    expect(await generated(page).locator('.text').allInnerTexts()).toEqual(texts);
  });
});
