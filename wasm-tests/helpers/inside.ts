// The panel "Look inside" as a user opens it.

import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from 'playwright-core';
import type { Model } from '../../web/engine/core-objects.ts';
import { sharedEngine } from './engine.ts';
import { savedModel } from './page-files.ts';
import { button, openPanel, setOptions, textArea, tinyModel } from './page.ts';
import { english } from './texts.ts';

export const PROMPT = 'the old ki';

/** The models that the panels are tested with, by the labels of their options. */
export const MODELS = {
  'GPT-2 on bytes': { Layers: 2 },
  'Qwen3 on byte pairs': { Layers: 2, Architecture: 'qwen3', Tokenizer: 'bpe', Vocabulary: 300 },
} as const;

export type ModelName = keyof typeof MODELS;
export const MODEL_NAMES = Object.keys(MODELS) as ModelName[];

export async function trainedPage(
  page: Page,
  text = english(4000),
  model: ModelName = 'GPT-2 on bytes',
): Promise<void> {
  await textArea(page).fill(text);
  await tinyModel(page, 60);
  await setOptions(page, MODELS[model]);
  await button(page, 'Train').click();
  await page.getByText('Done: all 60 steps.').waitFor();
  await prompt(page).fill(PROMPT);
}

/** The page's model in a core of this process; the caller deletes it. */
export async function pageModel(page: Page): Promise<Model> {
  return (await sharedEngine()).loadModel(await savedModel(page));
}

export async function openCard(page: Page, name: string): Promise<Locator> {
  await openPanel(page, 'Look inside');
  await page.getByRole('heading', { name, exact: true }).click();
  return card(page, name);
}

export const card = (page: Page, name: string) => page.getByRole('region', { name, exact: true });

/** The prompt of the panel in view, which all panels share. */
export const prompt = (page: Page) => page.getByLabel('Prompt').filter({ visible: true });

/** Fails unless the page fits a phone and axe finds nothing. */
export async function expectFitting(page: Page, width: number): Promise<void> {
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  const { violations } = await new AxeBuilder({ page }).include('main').analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
}
