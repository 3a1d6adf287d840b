// What the page writes on request: several texts at once, stop texts, and an end when one has seen enough.

import { button, generated, textArea, tinyModel, until, usePage } from './helpers/page.ts';
import { english } from './helpers/texts.ts';
import type { BrowserContextOptions, Page } from 'playwright-core';

const idle = async (page: Page): Promise<boolean> =>
  (await generated(page).getAttribute('aria-busy')) === 'false';

async function write(page: Page, fields: Record<string, string>): Promise<string[]> {
  const writer = page.getByRole('region', { name: 'Let it write' });
  for (const [label, value] of Object.entries({ Seed: '7', ...fields }))
    await writer.getByLabel(label, { exact: true }).fill(value);
  await button(page, 'Generate').click();
  await until(() => idle(page));
  return generated(page).locator('.text').allTextContents();
}

/** Counts the pieces of text that the worker sends from now on. */
async function countPieces(page: Page): Promise<() => Promise<number>> {
  const [worker] = page.workers();
  await worker!.evaluate(() => {
    const counted = { pieces: 0 };
    const post = postMessage.bind(self);
    Object.assign(self, {
      counted,
      postMessage: (message: { told?: { type: string } }, ...rest: []) => {
        if (message.told?.type === 'piece') counted.pieces++;
        post(message, ...rest);
      },
    });
  });
  return () => worker!.evaluate(() => (self as unknown as { counted: { pieces: number } }).counted.pieces);
}

describe('writing on the page', () => {
  const { open } = usePage();

  async function withModel(options: BrowserContextOptions = {}): Promise<Page> {
    const { page } = await open(options);
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
    await page
      .getByRole('alert')
      .filter({ hasText: 'Samples must be a whole number from 1 to 64' })
      .waitFor();
  });

  test('Cancel ends all samples where they are', async () => {
    const page = await withModel();
    const writer = page.getByRole('region', { name: 'Let it write' });
    await writer.getByLabel('Length', { exact: true }).fill('1000000');
    await writer.getByLabel('Samples', { exact: true }).fill('3');
    await button(page, 'Generate').click();
    // Not allInnerTexts: what is out of view is not laid out.
    const texts = () => generated(page).locator('.text').allTextContents();
    await until(async () => (await texts()).every((text) => text.length > 20));
    await button(page, 'Cancel').click();
    await until(() => idle(page));
    const cancelled = await texts();
    expect(cancelled).toHaveLength(3);
    await page.getByText('The texts are cancelled before their end.').waitFor({ state: 'attached' });
    await page.waitForTimeout(200);
    expect(await texts()).toEqual(cancelled);
  });

  test('each press of Generate takes a new seed, which is shown and can be used again', async () => {
    const page = await withModel();
    const seed = page.getByRole('region', { name: 'Let it write' }).getByLabel('Seed', { exact: true });
    const press = async (): Promise<string> => {
      await button(page, 'Generate').click();
      await until(() => idle(page));
      await page.getByText('The text is complete.').waitFor({ state: 'attached' });
      return (await generated(page).textContent()) ?? '';
    };
    const first = await press();
    const firstSeed = await seed.inputValue();
    const second = await press();
    const secondSeed = await seed.inputValue();
    expect(second).not.toBe(first);
    expect(secondSeed).not.toBe(firstSeed);
    await page.getByText(`Made with seed ${secondSeed}; Generate takes a new one each time.`).waitFor();
    await button(page, 'Use this seed again').click();
    expect(await press()).toBe(second);
    await seed.fill(firstSeed);
    expect(await press()).toBe(first);
    await button(page, 'Take a new seed each time').click();
    expect(await press()).not.toBe(first);
  });

  test('a wrong field is told, and the text on show stays', async () => {
    const page = await withModel();
    const [text] = await write(page, { Prompt: 'the cat', Length: '40' });
    await write(page, { Temperature: 'hot' });
    await page.getByRole('alert').filter({ hasText: 'not "hot"' }).waitFor();
    expect(await generated(page).locator('.text').allTextContents()).toEqual([text]);
  });

  test('Train, refused while a text is generated, leaves it without holes', async () => {
    const page = await withModel();
    const [whole] = await write(page, { Prompt: 'the cat', Length: '3000' });
    await textArea(page).fill('short');
    await button(page, 'Generate').click();
    await until(async () => ((await generated(page).textContent()) ?? '').length > 20);
    for (let i = 0; i < 3; i++) {
      await button(page, 'Train').click();
      await page
        .getByRole('alert')
        .filter({ hasText: /needs at least/ })
        .waitFor();
    }
    await until(() => idle(page));
    expect(await generated(page).locator('.text').allTextContents()).toEqual([whole]);
  });

  test('Train, begun while a text is generated, ends that text and says so', async () => {
    const page = await withModel();
    await page.getByRole('region', { name: 'Let it write' }).getByLabel('Length').fill('1000000');
    await button(page, 'Generate').click();
    await until(async () => ((await generated(page).textContent()) ?? '').length > 20);
    await button(page, 'Train').click();
    await page.getByText('Another model took the place of the one that wrote this').waitFor();
    await page.getByText('Done: all 60 steps.').waitFor();
    expect(await page.getByRole('alert').filter({ hasText: /./ }).count()).toBe(0);
  });

  test('the worker never gets far ahead of a page that does not draw, and Cancel is heard meanwhile', async () => {
    const page = await withModel();
    // A page whose frames do not come: what the worker sends is counted, and nothing is drawn.
    await page.evaluate(() => {
      const held: FrameRequestCallback[] = [];
      Object.assign(window, {
        requestAnimationFrame: (callback: FrameRequestCallback) => held.push(callback),
        letFramesCome: () => held.splice(0).forEach((callback) => callback(0)),
      });
    });
    const sent = await countPieces(page);
    await page.getByRole('region', { name: 'Let it write' }).getByLabel('Length').fill('1000000');
    await button(page, 'Generate').click();
    await until(async () => (await sent()) === 4);
    await page.waitForTimeout(500);
    expect(await sent()).toBe(4);
    await page.evaluate(() => (window as unknown as { letFramesCome: () => void }).letFramesCome());
    await until(async () => (await sent()) === 8);
    await button(page, 'Cancel').click();
    await until(() => idle(page));
    expect(await sent()).toBe(9);
  });

  test('a long text is drawn whole, in blocks, and copied without line ends of their own', async () => {
    const page = await withModel({ permissions: ['clipboard-read', 'clipboard-write'] });
    await write(page, { Prompt: 'the cat', Length: '30000' });
    const drawn = await generated(page).locator('.text').textContent();
    expect(await generated(page).locator('.block').count()).toBeGreaterThan(3);
    // A token is a byte here; of a character cut by the end nothing is shown.
    const bytes = new TextEncoder().encode(drawn!).length;
    expect(bytes).toBeGreaterThan('the cat'.length + 30_000 - 4);
    expect(bytes).toBeLessThanOrEqual('the cat'.length + 30_000);
    await generated(page).evaluate((place) => getSelection()?.selectAllChildren(place));
    await page.keyboard.press('Control+C');
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(drawn);
  });
});
