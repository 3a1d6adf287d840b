// Looking inside a model on the page: what the panels show is what the engine says.

import type { Page } from 'playwright-core';
import { formatProbability } from '../web/engine/format.ts';
import { sampleOptions } from '../web/engine/convert.ts';
import { attention, ablation, lens, nextTokens } from '../web/engine/inspect.ts';
import { formatLoss } from '../web/engine/format.ts';
import { readable } from '../web/engine/token-pieces.ts';
import { tiny } from './helpers/engine.ts';
import {
  MODEL_NAMES,
  PROMPT,
  card,
  expectFitting,
  openCard,
  pageModel,
  prompt,
  trainedPage,
} from './helpers/inside.ts';
import { button, moreOptions, openPanel, textArea, tinyModel, until, usePage } from './helpers/page.ts';
import { KOREAN, english } from './helpers/texts.ts';

const candidates = (page: Page) => page.getByRole('list', { name: 'Likeliest next tokens' }).locator('li');

const label = (text: string, before: number, after: number): string =>
  `${JSON.stringify(text)} model ${formatProbability(before)} , sampler ${after === 0 ? 'dropped' : formatProbability(after)}`;

/** The candidates as they are shown, without spaces, some of which are layout. */
async function shown(page: Page): Promise<string[]> {
  const texts = await candidates(page).allTextContents();
  return texts.map((text) => text.replaceAll(/\s+/g, ''));
}

describe('looking inside', () => {
  const { open } = usePage();

  test.each(MODEL_NAMES)(
    'the candidates are the sampler’s, move with the sliders, and one can be gone on from (%s)',
    async (name) => {
      const { page } = await open();
      await trainedPage(page, undefined, name);
      using model = await pageModel(page);
      const encoded = (text: string): number[] => [...model.tokenizer().encode(text)];
      const expected = (text: string, values = {}, most = Infinity): string[] => {
        const tokens = encoded(text).slice(0, most);
        const options = sampleOptions({ ...tiny(), ...values });
        return nextTokens(model, { tokens }, options, 10).candidates.map(({ text, before, after }) =>
          label(text, before, after).replaceAll(/\s+/g, ''),
        );
      };
      await openCard(page, 'Next token');
      await until(async () => (await shown(page)).join() === expected(PROMPT).join());
      await card(page, 'Next token')
        .getByRole('slider', { name: /^Top-k/ })
        .fill('3');
      await until(async () => (await shown(page)).join() === expected(PROMPT, { top_k: 3 }).join());
      expect((await shown(page)).filter((text) => text.endsWith('dropped'))).toHaveLength(7);
      const [first] = nextTokens(model, { tokens: encoded(PROMPT) }, sampleOptions(tiny()), 1).candidates;
      await candidates(page).first().getByRole('button').click();
      await until(
        async () => (await shown(page)).join() === expected(PROMPT + first!.text, { top_k: 3 }).join(),
      );
      expect(await prompt(page).inputValue()).toBe(PROMPT + first!.text);
      // What could have followed an earlier token.
      await card(page, 'Next token').getByRole('radio').nth(2).focus();
      await page.keyboard.press('Space');
      await until(
        async () => (await shown(page)).join() === expected(PROMPT + first!.text, { top_k: 3 }, 3).join(),
      );
      await openPanel(page, 'Write');
      await moreOptions(page);
      expect(await page.getByLabel('Top-k', { exact: true }).inputValue()).toBe('3');
    },
  );

  test('a generated text is looked into, until the prompt changes', async () => {
    const { page } = await open();
    await trainedPage(page);
    await button(page, 'Generate').click();
    await button(page, 'Look inside: why these words?').click();
    await openCard(page, 'Next token');
    const looked = card(page, 'Next token').getByRole('textbox');
    const output = page.getByRole('region', { name: 'Generated text', includeHidden: true });
    const whole = (await output.locator('.text').textContent())!;
    expect(whole.length).toBeGreaterThan(PROMPT.length);
    await until(async () => (await looked.inputValue()) === whole);
    expect(await page.locator('#prompt').inputValue()).toBe(PROMPT);
    await page.getByText('The prompt and what was generated from it.').waitFor();
    const seen = await card(page, 'Next token').getByRole('radio').count();
    expect(seen).toBeGreaterThan(PROMPT.length / 8);
    await page.locator('#prompt').evaluate((field: HTMLTextAreaElement) => {
      field.value = 'Other';
      field.dispatchEvent(new Event('input', { bubbles: true }));
    });
    await until(async () => (await looked.inputValue()) === 'Other');
    await page.getByText('The same prompt as for Generate.').waitFor();
  });

  test('a character of several bytes is gone on with byte by byte', async () => {
    const { page } = await open();
    await trainedPage(page, KOREAN.repeat(40));
    await prompt(page).fill('가');
    await openCard(page, 'Next token');
    await card(page, 'Next token')
      .getByRole('slider', { name: /^Top-k/ })
      .fill('0');
    // The first byte of a Korean character is one of a few; two more complete it.
    const lead = candidates(page)
      .filter({ hasText: /⟨e[a-d]⟩/ })
      .first();
    await lead.getByRole('button').click();
    for (const count of [5, 6]) {
      await until(async () => (await card(page, 'Next token').getByRole('radio').count()) === count - 1);
      // Those that cannot go on a character are dropped.
      await candidates(page).locator('button:enabled').first().click();
    }
    await until(async () => (await prompt(page).inputValue()).length === 2);
    expect(await prompt(page).inputValue()).toMatch(/^가[가-힣]$/);
  });

  test.each(MODEL_NAMES)('attention, lens and ablation are the engine’s (%s)', async (name) => {
    const { page } = await open();
    await trainedPage(page, undefined, name);
    using model = await pageModel(page);
    const tokens = [...model.tokenizer().encode(PROMPT)];
    const seen = attention(model, { tokens });
    await openCard(page, 'Attention');
    const attentionCard = card(page, 'Attention');
    await attentionCard.getByLabel('Layer', { exact: true }).selectOption('2');
    await attentionCard.getByLabel('Head', { exact: true }).selectOption('2');
    const n = tokens.length;
    const earlier = Math.floor(n / 2);
    const texts = tokens.map((id) => readable(model.tokenizer().decode(id)));
    for (const row of [n - 1, earlier]) {
      await attentionCard.getByRole('radio').nth(row).focus();
      await page.keyboard.press('Space');
      const weights = [...seen.weights.subarray((3 * n + row) * n, (3 * n + row + 1) * n)];
      expect(weights.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
      const labels = weights.map(
        (w, i) => `${JSON.stringify(texts[i])}, ${formatProbability(w)} of the attention`,
      );
      await until(async () => {
        const all = await attentionCard
          .getByRole('radio')
          .evaluateAll((radios) => radios.map((r) => r.ariaLabel));
        return all.join('|') === labels.join('|');
      });
    }
    await attentionCard.getByRole('status').first().getByText('Head 2 of layer 2 looks at').waitFor();
    for (const {
      candidates: [top],
    } of lens(model, { tokens: tokens.slice(0, earlier + 1) }, 1))
      await attentionCard
        .getByText(`${JSON.stringify(top!.text)} ${formatProbability(top!.probability)}`)
        .first()
        .waitFor();

    const { loss } = ablation(model, { tokens });
    await attentionCard
      .getByText(`The loss of the text in view is ${formatLoss(loss)} nats per token.`)
      .waitFor();
    const without = ablation(model, { tokens, off: [{ layer: 0 }] }).loss;
    await attentionCard.getByLabel(/^The whole of layer 1;/).uncheck();
    await attentionCard.getByText(`With 1 switched off the loss is ${formatLoss(without)}`).waitFor();
    await button(page, 'Switch everything on').click();
    await attentionCard.getByText(/^With 1 switched off/).waitFor({ state: 'detached' });

    await attentionCard.getByLabel('All heads at once').check();
    await attentionCard
      .getByRole('button', { name: /^Layer 1, head 2/ })
      .last()
      .click();
    expect(await attentionCard.getByLabel('Head', { exact: true }).inputValue()).toBe('1');
  });

  test('the panels follow a run while it trains, and need a model', async () => {
    const { page } = await open();
    await openCard(page, 'Next token');
    await card(page, 'Next token').getByText('Train or open a model first.').waitFor();
    await textArea(page).fill(english(4000));
    await tinyModel(page, 200_000);
    await button(page, 'Train').click();
    await prompt(page).fill(PROMPT);
    await until(async () => (await candidates(page).count()) > 0);
    const first = await shown(page);
    await until(async () => (await shown(page)).join() !== first.join());
    await button(page, 'Stop').click();
    await button(page, 'Resume').waitFor();
  });

  test.each(['light', 'dark'] as const)(
    'both panels fit a phone, and axe finds nothing (%s)',
    async (colorScheme) => {
      const { page } = await open({ viewport: { width: 360, height: 740 }, colorScheme });
      await trainedPage(page);
      await openCard(page, 'Next token');
      await candidates(page).first().waitFor();
      await openCard(page, 'Attention');
      await page.getByText('The loss of the text in view').waitFor();
      await expectFitting(page, 360);
    },
  );
});
