// Text generation on the page: several samples, stop texts, Cancel.

import {
  button,
  generated,
  generator,
  moreOptions,
  setSampling,
  textArea,
  tinyModel,
  until,
  usePage,
} from './helpers/page.ts';
import { english } from './helpers/texts.ts';
import type { BrowserContextOptions, Page } from 'playwright-core';

const idle = async (page: Page): Promise<boolean> =>
  (await generated(page).getAttribute('aria-busy')) === 'false';

async function write(page: Page, fields: Record<string, string>): Promise<string[]> {
  await setSampling(page, { Seed: '7', ...fields });
  await button(page, 'Generate').click();
  await until(() => idle(page));
  return generated(page).locator('.text').allTextContents();
}

/** Counts the pieces of text that the worker sends after this call. */
async function countPieces(page: Page): Promise<() => Promise<number>> {
  const [worker] = page.workers();
  await worker!.evaluate(() => {
    const counted = { pieces: 0 };
    const post = postMessage.bind(self);
    Object.assign(self, {
      counted,
      postMessage: (message: { event?: { type: string } }, ...rest: []) => {
        if (message.event?.type === 'piece') counted.pieces++;
        post(message, ...rest);
      },
    });
  });
  return () => worker!.evaluate(() => (self as unknown as { counted: { pieces: number } }).counted.pieces);
}

describe('generation on the page', () => {
  const { open } = usePage();

  async function withModel(options: BrowserContextOptions = {}): Promise<Page> {
    const { page } = await open(options);
    await textArea(page).fill(english(4000));
    await tinyModel(page, 60);
    await button(page, 'Train').click();
    await page.getByText('Done: all 60 steps.').waitFor();
    return page;
  }

  test('several samples are shown below each other, and the first is the same as alone', async () => {
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

  test('each line is a stop text, and \\n in it is a line feed', async () => {
    const page = await withModel();
    const [free] = await write(page, { Prompt: 'the cat', Length: '300' });
    expect(free).toContain('\n');
    const [line] = await write(page, { 'Stop at': 'never written\n\\n' });
    expect(line).toBe(free!.slice(0, free!.indexOf('\n')));
  });

  test('min-p and the repetition penalty take effect, and invalid values are reported', async () => {
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

  test('Cancel stops all samples', async () => {
    const page = await withModel();
    await setSampling(page, { Length: '1000000', Samples: '3' });
    await button(page, 'Generate').click();
    // Not allInnerTexts: blocks out of view have no layout.
    const texts = () => generated(page).locator('.text').allTextContents();
    await until(async () => (await texts()).every((text) => text.length > 20));
    await button(page, 'Cancel').click();
    await until(() => idle(page));
    const canceled = await texts();
    expect(canceled).toHaveLength(3);
    await page.getByText('The texts are canceled.').waitFor({ state: 'attached' });
    await page.waitForTimeout(200);
    expect(await texts()).toEqual(canceled);
  });

  test('Generate uses a new seed each time, shows it, and can use it again', async () => {
    const page = await withModel();
    await moreOptions(page);
    const seed = generator(page).getByLabel('Seed', { exact: true });
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
    await page.getByText(`Generated with seed ${secondSeed}. Generate uses a new seed each time.`).waitFor();
    await button(page, 'Use this seed again').click();
    expect(await press()).toBe(second);
    await seed.fill(firstSeed);
    expect(await press()).toBe(first);
    await button(page, 'Use a new seed each time').click();
    expect(await press()).not.toBe(first);
  });

  test('an invalid field is reported, and the shown text stays', async () => {
    const page = await withModel();
    const [text] = await write(page, { Prompt: 'the cat', Length: '40' });
    await write(page, { Temperature: 'hot' });
    await page.getByRole('alert').filter({ hasText: 'not "hot"' }).waitFor();
    expect(await generated(page).locator('.text').allTextContents()).toEqual([text]);
  });

  test('a refused Train during generation leaves no gaps in the text', async () => {
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

  test('Train during generation ends the text and says so', async () => {
    const page = await withModel();
    await setSampling(page, { Length: '1000000' });
    await button(page, 'Generate').click();
    await until(async () => ((await generated(page).textContent()) ?? '').length > 20);
    await button(page, 'Train').click();
    await page.getByText('The text ends here because another model replaced').waitFor();
    await page.getByText('Done: all 60 steps.').waitFor();
    expect(await page.getByRole('alert').filter({ hasText: /./ }).count()).toBe(0);
  });

  test('the worker never gets far ahead of a page that does not draw, and Cancel still works', async () => {
    const page = await withModel();
    // Without animation frames the page draws nothing; count what the worker sends.
    await page.evaluate(() => {
      const held: FrameRequestCallback[] = [];
      Object.assign(window, {
        requestAnimationFrame: (callback: FrameRequestCallback) => held.push(callback),
        letFramesCome: () => held.splice(0).forEach((callback) => callback(0)),
      });
    });
    const sent = await countPieces(page);
    await setSampling(page, { Length: '1000000' });
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

  test('a long text is drawn in blocks and copied without additional line ends', async () => {
    const page = await withModel({ permissions: ['clipboard-read', 'clipboard-write'] });
    await write(page, { Prompt: 'the cat', Length: '30000' });
    const drawn = await generated(page).locator('.text').textContent();
    expect(await generated(page).locator('.block').count()).toBeGreaterThan(3);
    // A token is a byte here; an incomplete character at the end is not shown.
    const bytes = new TextEncoder().encode(drawn!).length;
    expect(bytes).toBeGreaterThan('the cat'.length + 30_000 - 4);
    expect(bytes).toBeLessThanOrEqual('the cat'.length + 30_000);
    await generated(page).evaluate((place) => getSelection()?.selectAllChildren(place));
    await page.keyboard.press('Control+C');
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(drawn);
  });
});
