// What a teacher needs: a link that opens the page as prepared, and the guided path.

import AxeBuilder from '@axe-core/playwright';
import { classQuery, preparedPage } from '../web/app/state/class-link.ts';
import { GUIDE_STEPS } from '../web/app/state/guide.svelte.ts';
import { presetOptions } from '../web/engine/presets.ts';
import de from '../web/app/words/de.ts';
import en from '../web/app/words/en.ts';
import ko from '../web/app/words/ko.ts';
import { button, preset, textArea, tinyModel, until, usePage } from './helpers/page.ts';
import { english } from './helpers/texts.ts';

describe('a link for a class', () => {
  test('holds the example, the preset, changed options and the guide, and no seed', () => {
    const bytes = 95_000;
    const values = { ...presetOptions('quick', bytes), n_layer: 3, max_steps: 77, seed: 5 };
    const query = classQuery(values, 'sonnets', true, bytes);
    expect(query).toBe('text=sonnets&preset=quick&n_layer=3&max_steps=77&guide=1');
    const options = { n_layer: 3, max_steps: 77 };
    expect(preparedPage(`?${query}&lang=de`)).toEqual({
      text: 'sonnets',
      preset: 'quick',
      options,
      guide: true,
    });
    expect(preparedPage('?lang=ko')).toBeUndefined();
  });

  test.each([
    ['?text=faust', /^There is no text “faust”; choose among moby-dick, /],
    ['?preset=huge', /^There is no preset “huge”; choose among quick, /],
    ['?n_layer=many', /Layers must be a whole number from 1 to 256, not "many"/],
  ])('that asks %s says what is wrong', (search, problem) => {
    expect(preparedPage(search)).toEqual({ problem: expect.stringMatching(problem) as string });
  });
});

describe('the page', () => {
  const { open } = usePage();

  test('opens as the link says, and copies such a link', async () => {
    const { page } = await open({}, { query: '?text=rights-ko&preset=quick&max_steps=77#details' });
    await until(async () => (await textArea(page).inputValue()).startsWith('세 계 인 권 선 언'));
    await preset(page).locator('summary').click();
    const steps = preset(page).getByLabel('Steps', { exact: true });
    await until(async () => (await steps.inputValue()) === '77');
    await page.getByText(en.classLink.title).click();
    const link = page.locator('.link');
    expect(await link.textContent()).toMatch(
      /\?text=rights-ko&preset=quick&max_steps=77&guide=1&lang=en#write$/,
    );
    await page.getByRole('combobox', { name: en.classLink.panel }).selectOption(en.panels.inside);
    await page.getByLabel(en.classLink.guide).uncheck();
    expect(await link.textContent()).toMatch(/&max_steps=77&lang=en#inside$/);
  });

  test('with a link that cannot be followed says so, and has the novel', async () => {
    const { page } = await open({}, { query: '?text=faust' });
    await page.getByText('There is no text “faust”').waitFor();
    await until(async () => (await textArea(page).inputValue()).startsWith('CHAPTER 1. Loomings'));
  });

  test('leads along the guided path to attention, with what each step names in view', async () => {
    const { page } = await open();
    await textArea(page).fill(english(4000));
    await tinyModel(page, 1_000_000);
    await page.getByRole('link', { name: en.panels.write }).click();
    await button(page, en.guide.open).first().click();
    const guide = page.getByRole('complementary', { name: en.guide.title });
    for (const [at, step] of GUIDE_STEPS.entries()) {
      await guide.getByText(en.guide.of(at + 1, GUIDE_STEPS.length)).waitFor();
      await guide.getByText(en.guide.steps[step].press).first().waitFor();
      if (step === 'timeline') await button(page, en.sample.play).waitFor();
      if (step === 'next') await button(page, en.run.stop).click();
      await button(page, en.guide.show).click();
      const part = page.locator(`[data-guide="${step}"][data-pointed]`);
      await part.waitFor();
      expect(await part.evaluate((element) => element.contains(document.activeElement))).toBe(true);
      if (step === 'train') await page.keyboard.press('Enter');
      if (at < GUIDE_STEPS.length - 1) await button(page, en.guide.next).click();
    }
    expect(new URL(page.url()).hash).toBe('#inside');
    await page.getByRole('region', { name: 'Attention' }).getByText(/Layer/).first().waitFor();
    await button(page, en.guide.close).click();
    expect(await guide.count()).toBe(0);
  });

  test.each([
    ['ko', ko],
    ['de', de],
  ])('guides in %s, on paper too', async (code, words) => {
    const { page } = await open(
      { viewport: { width: 360, height: 740 } },
      { query: `?guide=1&lang=${code}`, waitForTrain: false },
    );
    const guide = page.getByRole('complementary', { name: words.guide.title });
    await guide.getByText(words.guide.steps.text.say).first().waitFor();
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    await page.emulateMedia({ media: 'print' });
    expect(await guide.getByRole('listitem').allInnerTexts()).toHaveLength(GUIDE_STEPS.length);
    expect(await button(page, words.guide.next).isVisible()).toBe(false);
  });
});
