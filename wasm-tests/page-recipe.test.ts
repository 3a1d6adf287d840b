// A run goes on in the page where Node stopped, and the reverse, to the same bits; and the page shows and shares recipes.

import fs from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { parseRecipe, type Recipe } from '../web/engine/recipe.ts';
import { recipeFragment } from '../web/engine/recipe-text.ts';
import { TINY_SHAPE, cli, scratch, type Outcome } from './helpers/cli.ts';
import { sha256 } from './helpers/engine.ts';
import { checkpointInfo, openModel, savedModel } from './helpers/page-files.ts';
import {
  alerts,
  button,
  choosePreset,
  dropFile,
  openPanel,
  reachStep,
  setOptions,
  textArea,
  usePage,
} from './helpers/page.ts';
import { english } from './helpers/texts.ts';

/** Its validation part is unlike the rest, so that the best weights are not the last ones. */
const TEXT = english(3600) + 'zq'.repeat(200);
const folder = scratch();
const bytesOf = (name: string): Uint8Array => new Uint8Array(fs.readFileSync(path.join(folder, name)));
const hash = (name: string): string => sha256(bytesOf(name));

async function done(...args: string[]): Promise<Outcome> {
  const outcome = await cli(args, folder);
  expect(outcome).toMatchObject({ code: 0 });
  return outcome;
}

const EVERYTHING = (
  '--tokenizer bpe --vocab_size 300 --optimizer muon --grad_accum 2 --dropout 0.1 --eval_every 20 --patience 60 ' +
  '--max_steps 800 --reproducible --threads 1'
).split(' ');
const TRAIN = ['train', 'text.txt', ...TINY_SHAPE, ...EVERYTHING];
const TUNE = ['train', 'text.txt', '--init_from', 'base.safetensors', '--lora_rank', '2', '--patience', '0'];
const LORA = [...TUNE, '--max_steps', '60', '--reproducible', '--threads', '1'];

beforeAll(async () => {
  fs.writeFileSync(path.join(folder, 'text.txt'), TEXT);
  await done(...TRAIN, '--out', 'whole.safetensors');
  await done(...TRAIN, '--stop_at_step', '33', '--out', 'part.safetensors');
  await done(...TRAIN, '--max_steps', '20', '--out', 'base.safetensors');
  await done(...LORA, '--out', 'lora.safetensors');
  await done(...LORA, '--stop_at_step', '7', '--out', 'lora-part.safetensors');
});

const { open, address } = usePage();

async function isReproducible(page: Page): Promise<boolean> {
  await setOptions(page, {}); // opens the list of options
  return page.locator('#train-reproducible').isChecked();
}

/** Waits until the run has done all its steps, and returns the file that it saves. */
async function finished(page: Page, steps: number): Promise<Uint8Array> {
  await page.getByText(new RegExp(`^Done: all ${steps} steps\\.`)).waitFor();
  expect(await alerts(page).count()).toBe(0);
  return savedModel(page);
}

describe('Node and the page', () => {
  test.each([
    ['with everything that holds state', 'part', 'whole', 800],
    ['with LoRA', 'lora-part', 'lora', 60],
  ])('a run of Node goes on in the page to the same file, %s', async (_, part, whole, steps) => {
    const { page } = await open();
    await textArea(page).fill(TEXT);
    await openModel(page, 'part.safetensors', bytesOf(`${part}.safetensors`));
    await button(page, 'Resume').click();
    const file = await finished(page, steps);
    await page.getByText(/: (baseline|threads) build .* Reproducible is on/).waitFor();
    expect(await isReproducible(page)).toBe(true);
    expect(sha256(file)).toBe(hash(`${whole}.safetensors`));
  });

  test('a run of the page, from a link, goes on in Node to the same file', async () => {
    const { recipe } = await checkpointInfo(bytesOf('whole.safetensors'));
    const { page } = await open();
    await page.goto(`${address()}${recipeFragment(recipe as Recipe)}`);
    await page.getByText(/The options are those of the run in the link, .* another length/).waitFor();
    await textArea(page).fill(TEXT);
    await page.getByText(/which was trained on a text of 4 kB \(SHA-256 [0-9a-f]{12}…\)\.$/).waitFor();
    expect(await isReproducible(page)).toBe(true);
    await button(page, 'Train').click();
    await reachStep(page, 1);
    await button(page, 'Stop').click();
    await button(page, 'Resume').waitFor();
    await page.getByText('The options and the text are those of the run in the link.').waitFor();
    fs.writeFileSync(path.join(folder, 'of-page.safetensors'), await savedModel(page));
    expect((await checkpointInfo(bytesOf('of-page.safetensors'))).recipe).toEqual(recipe);
    await done('train', 'text.txt', '--resume', 'of-page.safetensors', '--threads', '1');
    expect(hash('of-page.safetensors')).toBe(hash('whole.safetensors'));
    await button(page, 'Resume').click();
    expect(sha256(await finished(page, 800))).toBe(hash('whole.safetensors'));
  });

  test('a reproducible run that was stopped in the page stays so after a reload', async () => {
    const { page } = await open();
    await textArea(page).fill(TEXT);
    await openModel(page, 'part.safetensors', bytesOf('part.safetensors'));
    await button(page, 'Resume').click();
    await reachStep(page, 40);
    await button(page, 'Stop').click();
    await button(page, 'Resume').waitFor();
    const half = await savedModel(page);
    await page.reload();
    await textArea(page).fill(TEXT);
    expect(await isReproducible(page)).toBe(false);
    await openModel(page, 'half.safetensors', half);
    await button(page, 'Resume').click();
    expect(sha256(await finished(page, 800))).toBe(hash('whole.safetensors'));
  });
});

describe('the recipe', () => {
  const CLIPBOARD = { permissions: ['clipboard-read', 'clipboard-write'] };
  const copied = async (page: Page, name: string): Promise<string> => {
    await button(page, name).click();
    await page.getByText('Copied.').waitFor();
    return page.evaluate(() => navigator.clipboard.readText());
  };

  test('of an opened model is shown, and copied as a command line, as JSON and as a link', async () => {
    const { page } = await open(CLIPBOARD);
    const card = page.getByRole('region', { name: 'Recipe' });
    await openPanel(page, 'Export');
    await card.getByText('Train a model or open one: this shows how').waitFor();
    await openModel(page, 'whole.safetensors', bytesOf('whole.safetensors'));
    const { recipe } = (await checkpointInfo(bytesOf('whole.safetensors'))) as { recipe: Recipe };
    await card.getByText(recipe.corpus_sha256).waitFor();
    const command = await copied(page, 'Copy command line');
    expect((await done('info', 'whole.safetensors')).stdout).toContain(command);
    const json = await copied(page, 'Copy JSON');
    expect(parseRecipe(JSON.parse(json))).toEqual(recipe);
    expect(json).toBe((await done('info', 'whole.safetensors', '--recipe')).stdout);
    expect(await copied(page, 'Copy link')).toBe(`${address()}${recipeFragment(recipe)}`);
  });

  test('of a run in the page repeats it on the command line', async () => {
    const { page } = await open(CLIPBOARD);
    await textArea(page).fill(TEXT);
    await choosePreset(page, /^Quick/);
    await setOptions(page, { Steps: 8, Layers: 1, Seed: 3, Reproducible: true });
    await button(page, 'Train').click();
    const file = await finished(page, 8);
    await openPanel(page, 'Export');
    const command = await copied(page, 'Copy command line');
    expect(command).toMatch(/^npx mini-llm train text\.txt --preset quick .*--max_steps 8 .*--seed 3/);
    await done(...command.split(' ').slice(2), '--out', 'typed.safetensors');
    expect(hash('typed.safetensors')).toBe(sha256(file));
  });

  test('of a link stays when the text changes, until a preset is chosen', async () => {
    const { recipe } = (await checkpointInfo(bytesOf('whole.safetensors'))) as { recipe: Recipe };
    const { page } = await open();
    await page.evaluate((hash) => (location.hash = hash), recipeFragment(recipe));
    await page.getByText(/The options are those of the run in the link/).waitFor();
    await setOptions(page, {});
    const steps = page.locator('#train-max_steps');
    expect(await steps.inputValue()).toBe('800');
    // Dropped, because Chromium takes minutes to type so much into a field.
    await dropFile(page, 'long.txt', new TextEncoder().encode(english(700_000)));
    await page.getByText('another length').waitFor();
    expect(await steps.inputValue()).toBe('800');
    await choosePreset(page, /^Quick/);
    expect(await steps.inputValue()).toBe('500');
  });

  test('of a damaged link is refused with a sentence, and the page works', async () => {
    const { page } = await open();
    await page.goto(`${address()}#recipe?version=1.0.0&lr=fast`);
    await alerts(page)
      .filter({ hasText: /The options in this page’s address could not be used/ })
      .waitFor();
    expect(await button(page, 'Train').isEnabled()).toBe(true);
  });
});
