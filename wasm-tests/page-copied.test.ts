// What generated texts repeat of the training text, on the page: the engine's numbers, marked and with the passage.

import { CopyFinder } from '../web/engine/copied.ts';
import { formatPercent } from '../web/engine/format.ts';
import { sharedEngine } from './helpers/engine.ts';
import {
  button,
  dropFile,
  generated,
  sample,
  setOptions,
  textArea,
  tinyModel,
  until,
  usePage,
} from './helpers/page.ts';
import { english } from './helpers/texts.ts';

describe('what is copied', () => {
  const { open } = usePage();
  const source = english(3000);

  test('is marked in samples and generated texts, with the passage of the longest piece', async () => {
    const { page } = await open();
    await dropFile(page, 'a.txt', new TextEncoder().encode(source));
    await until(async () => (await textArea(page).inputValue()) === source);
    await tinyModel(page, 400);
    await setOptions(page, { Width: 48, 'Context length': 32, 'Batch size': 8, 'Learning rate': 0.005 });
    await button(page, 'Train').click();
    await page.getByText('Done: all 400 steps.').waitFor();
    await page.getByLabel('Temperature', { exact: true }).last().fill('0.1');
    await button(page, 'Generate').click();
    await page.getByText('The text is complete.').waitFor({ state: 'attached' });
    const texts = [await sample(page).textContent(), await generated(page).locator('.text').textContent()];
    using finder = new CopyFinder(await sharedEngine(), new TextEncoder().encode(source));
    const found = texts.map((text) => finder.find(text!));
    expect(found.some(({ longest }) => longest !== undefined)).toBe(true);
    for (const [i, { share, longest }] of found.entries()) {
      const fold = page.locator('details.copied').nth(i);
      await fold.locator('summary').click();
      const said = longest
        ? `${formatPercent(share)} of this text stands in the training text`
        : 'Nothing longer than a few words is copied';
      await fold.getByText(said).waitFor();
      const marked = longest ? [longest.text, longest.text] : [];
      expect(await fold.locator('mark.longest').allTextContents()).toEqual(marked);
      expect(source).toContain(longest?.text ?? '');
    }
  });

  test('waits for a text', async () => {
    const { page } = await open();
    await page.locator('details.copied').last().locator('summary').click();
    await page.getByText('As soon as a text is complete').waitFor();
  });
});
