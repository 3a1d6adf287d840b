// The views of "Look inside" that are not about one prompt's next token: what they show is what the engine says.

import type { Page } from 'playwright-core';
import { cacheRace, noRace, totalsOf, withPart, type RaceResult } from '../web/engine/cache-race.ts';
import { modelConfig, sampleOptions } from '../web/engine/convert.ts';
import type { Model } from '../web/engine/core-objects.ts';
import { embeddingMap, frequentTokens, neighbors } from '../web/engine/embeddings.ts';
import { replay, splitText } from '../web/engine/merge-steps.ts';
import { counted, formatCount, formatPercent } from '../web/engine/format.ts';
import { generateText } from '../web/engine/generate.ts';
import type { Options } from '../web/engine/options.ts';
import { structureOf } from '../web/engine/structure.ts';
import { sharedEngine, tiny } from './helpers/engine.ts';
import { MODEL_NAMES, PROMPT, expectFitting, openCard, pageModel, trainedPage } from './helpers/inside.ts';
import { button, setOptions, setSampling, textArea, tinyModel, until, usePage } from './helpers/page.ts';
import { english } from './helpers/texts.ts';

describe('the views', () => {
  const { open } = usePage();

  async function trained(model = MODEL_NAMES[0]!, size = {}): Promise<Page> {
    const { page } = await open(size);
    await trainedPage(page, undefined, model);
    return page;
  }

  async function raced(model: Model, tokens: number): Promise<RaceResult> {
    const engine = await sharedEngine();
    const options = sampleOptions({ ...tiny(), max_new_tokens: tokens, seed: 7 });
    let race = noRace();
    for await (const part of cacheRace((...args) => generateText(engine, model, ...args), options, PROMPT))
      race = withPart(race, part);
    return race;
  }

  test.each(MODEL_NAMES)('the KV cache race writes what the engine writes (%s)', async (name) => {
    const page = await trained(name);
    await setSampling(page, { Seed: 7 });
    const card = await openCard(page, 'KV cache race');
    await card.getByRole('slider').fill('32');
    await button(page, 'Race').click();
    await card.getByText(/^With the cache it is|^Here the cache gains/).waitFor();
    using model = await pageModel(page);
    const race = await raced(model, 32);
    await card.getByText('Both wrote the same text:').waitFor();
    expect(await card.locator('.text').innerText()).toBe(PROMPT + race.on.text);
    const lanes = await card.locator('.lanes dd').allInnerTexts();
    for (const [i, lane] of (['on', 'off'] as const).entries())
      expect(lanes[i]).toMatch(
        new RegExp(`^[\\d,.]+ tokens/s, ${counted(totalsOf(race[lane]).computed, 'token')} computed$`),
      );
    const map = card.getByRole('img', { name: /^With cache: for 32 new tokens, / });
    expect(await map.getAttribute('aria-label')).toContain(`${totalsOf(race.on).computed} tokens computed`);
    expect(
      await card
        .locator('.maps canvas')
        .evaluateAll((all) => all.map((c) => (c as HTMLCanvasElement).height)),
    ).toEqual([32, 32]);
    await card.locator('.plot canvas').waitFor();
  });

  test('the race runs during training, can be stopped, and ends with its card', async () => {
    const { page } = await open();
    await textArea(page).fill(english(4000));
    await tinyModel(page, 1_000_000);
    await button(page, 'Train').click();
    const card = await openCard(page, 'KV cache race');
    await card.getByText('Training waits meanwhile.').waitFor();
    await button(page, 'Race').click();
    await card
      .getByText(/the cache/)
      .last()
      .waitFor();
    await card.getByText(/^With the cache it is|^Here the cache gains/).waitFor();
    await button(page, 'Race').click();
    await page.getByRole('heading', { name: 'KV cache race' }).click();
    await button(page, 'Stop').click();
    await button(page, 'Resume').waitFor();
  });

  test.each(MODEL_NAMES)('the map of embeddings and the neighbors are the engine’s (%s)', async (name) => {
    const page = await trained(name);
    using model = await pageModel(page);
    const card = await openCard(page, 'Embeddings');
    const ids = frequentTokens(model.tokenizer(), english(4000), 160);
    const { tokens, explained } = embeddingMap(model, ids);
    const shares = explained.map((share) => formatPercent(share));
    await card.getByText(`Across it shows ${shares[0]} of all differences, upward ${shares[1]}.`).waitFor();
    expect(await card.locator('.token').count()).toBe(tokens.length);
    expect(await card.getByRole('option').allTextContents()).toEqual(
      tokens.map(({ text }) => JSON.stringify(text)),
    );
    const near = (id: number): string[] =>
      neighbors(model, id, ids, 8).map(
        ({ text, similarity }) => `${JSON.stringify(text)} ${similarity.toFixed(2)}`,
      );
    const shown = card.getByRole('list', { name: 'Nearest tokens' }).getByRole('button');
    await until(async () => (await shown.allTextContents()).join() === near(ids[0]!).join());
    await card.getByLabel('Token', { exact: true }).selectOption(String(ids[3]));
    await until(async () => (await shown.allTextContents()).join() === near(ids[3]!).join());
    const next = neighbors(model, ids[3]!, ids, 1)[0]!.id;
    await shown.first().press('Enter');
    await until(async () => (await shown.allTextContents()).join() === near(next).join());
    expect(await card.getByLabel('Token', { exact: true }).inputValue()).toBe(String(next));
    await card.getByRole('img', { name: /^Map of \d+ tokens\. / }).waitFor();
  });

  test('the model has the engine’s parameters, follows the options, and its parts explain themselves', async () => {
    const { page } = await open();
    const engine = await sharedEngine();
    await textArea(page).fill(english(4000));
    await tinyModel(page, 60);
    const card = await openCard(page, 'The model');
    const shows = async (options: Options): Promise<void> => {
      const config = modelConfig(options);
      await card
        .getByText(`${formatCount(engine.countParameters(config))} parameters`, { exact: true })
        .waitFor();
      const { parts } = structureOf(engine.withDefaults(config));
      expect(await card.locator('.flow button').count()).toBe(parts.length);
    };
    await shows(tiny());
    await card.getByText('1 block', { exact: true }).waitFor();
    await setOptions(page, { Layers: 3, Architecture: 'qwen3' });
    await shows(tiny({ n_layer: 3, arch: 'qwen3' }));
    await card.getByRole('button', { name: /^Queries, keys, values/ }).press('Enter');
    const details = card.locator('.details');
    await details.getByText('q, k, v = x · weightᵀ').waitFor();
    expect(await details.getByRole('row').nth(1).innerText()).toMatch(/self_attn\.q_proj\s+\[16, 16\]\s+256/);
    await details.getByText('2,304 parameters, 9.2 kB as float32; 768 in each of 3 blocks').waitFor();
  });

  test('the time of the parts is measured when asked, but not during training', async () => {
    const page = await trained();
    const card = await openCard(page, 'The model');
    await button(page, 'Measure where the time goes').click();
    await card.getByText(/^A step takes [\d.,]+ ms\. \d+% of it is the optimizer’s, /).waitFor();
    const shares = await card.locator('.size .time').allInnerTexts();
    expect(shares).toHaveLength(12);
    const percents = shares.map((text) => (text.startsWith('Less') ? 0.5 : parseFloat(text)));
    const sum = percents.reduce((a, b) => a + b);
    expect(sum).toBeGreaterThan(20);
    expect(sum).toBeLessThan(101);
    await setOptions(page, { Layers: 3 });
    await card.getByText(/^A step takes/).waitFor({ state: 'detached' });
    await setOptions(page, { Steps: 1_000_000 });
    await button(page, 'Train').click();
    await card.getByText('Stop training to measure: each would slow down the other.').waitFor();
    expect(await button(page, 'Measure where the time goes').isDisabled()).toBe(true);
    await button(page, 'Stop').click();
  });

  test('a sentence is cut into tokens, whole characters stay together, and the merges are replayed', async () => {
    const page = await trained('Qwen3 on byte pairs');
    using model = await pageModel(page);
    const SENTENCE = 'the old king sees 한 the cat';
    const split = splitText(model.tokenizer(), SENTENCE);
    const states = replay(split);
    const card = await openCard(page, 'Tokens');
    await card.getByLabel('Your own sentence').check();
    await card.getByLabel('Sentence', { exact: true }).fill(SENTENCE);
    await card.getByText(`${split.tokens.length} tokens for 27 characters.`).waitFor();
    const ids = async (list: string): Promise<string> => {
      const titles = await card
        .getByRole('list', { name: list })
        .locator('[title]')
        .evaluateAll((all) => all.map((token) => (token as HTMLElement).title));
      return titles.map((title) => /token (\d+)$/.exec(title)![1]).join();
    };
    const idsOf = (tokens: readonly { id: number }[]): string => tokens.map(({ id }) => id).join();
    expect(await ids('Tokens of the sentence')).toBe(idsOf(split.tokens));
    expect(await card.locator('.character').first().innerText()).toMatch(/^한\s+ed\s+95\s+9c$/);
    const slider = card.getByRole('slider', { name: 'Merge to show' });
    await slider.fill('0');
    await card.getByText('The beginning: 29 bytes, each a token.').waitFor();
    expect(await ids('Tokens at this point')).toBe(idsOf(states[0]!));
    await slider.press('ArrowRight');
    await until(async () => (await ids('Tokens at this point')) === idsOf(states[1]!));
    await button(page, 'Next').click();
    await until(async () => (await ids('Tokens at this point')) === idsOf(states[2]!));
    const { into } = split.merges[1]!;
    await card.getByText(new RegExp(`become .*, token ${into.id}`)).waitFor();
    await button(page, 'Back').click();
    await until(async () => (await ids('Tokens at this point')) === idsOf(states[1]!));
    await slider.fill(String(states.length - 3));
    await card.getByRole('button', { name: 'Play' }).click();
    await until(async () => (await ids('Tokens at this point')) === idsOf(split.tokens));
    await card.getByRole('button', { name: 'Play' }).waitFor();
  });

  test('a model of bytes has no merges', async () => {
    const page = await trained();
    const card = await openCard(page, 'Tokens');
    await card.getByLabel('Your own sentence').check();
    await card.getByText('so there is nothing to merge').waitFor();
    await expectFitting(page, 1280);
  });

  test('the map drifts while the model trains, and stands still when asked', async () => {
    const { page } = await open();
    await textArea(page).fill(english(4000));
    await tinyModel(page, 1_000_000);
    await button(page, 'Train').click();
    const card = await openCard(page, 'Embeddings');
    const step = card.getByText(/^After step [\d,]+$/);
    const first = await step.innerText();
    await until(async () => (await step.innerText()) !== first);
    await card.getByLabel('Follow the training').uncheck();
    await page.waitForTimeout(500);
    const still = await step.innerText();
    await page.waitForTimeout(3000);
    expect(await step.innerText()).toBe(still);
    await button(page, 'Refresh').click();
    await until(async () => (await step.innerText()) !== still);
    await button(page, 'Stop').click();
  });

  test.each(['light', 'dark'] as const)(
    'they fit a phone, and axe finds nothing (%s)',
    async (colorScheme) => {
      const page = await trained(undefined, { viewport: { width: 360, height: 740 }, colorScheme });
      const race = await openCard(page, 'KV cache race');
      await button(page, 'Race').click();
      await race.getByText('Both wrote the same text:').waitFor();
      await (await openCard(page, 'Embeddings')).locator('.token').first().waitFor();
      await (await openCard(page, 'The model')).getByText('Attention', { exact: true }).first().waitFor();
      const tokens = await openCard(page, 'Tokens');
      await tokens.getByLabel('Your own sentence').check();
      await tokens.locator('.character').first().waitFor();
      await expectFitting(page, 360);
    },
  );
});
