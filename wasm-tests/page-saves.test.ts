// A run survives a reload and a closed tab: the page offers it where it stood, and it goes on bit by bit.

import type { Page } from 'playwright-core';
import { loadNodeEngine } from '../web/engine/node.ts';
import { sha256, tiny, trained } from './helpers/engine.ts';
import { savedModel } from './helpers/page-files.ts';
import {
  alerts,
  button,
  generated,
  limitStorage,
  metric,
  openPanel,
  sample,
  setOptions,
  stepShown,
  textArea,
  tinyModel,
  until,
  usePage,
} from './helpers/page.ts';
import { NO_STORAGE, StaticHost } from './helpers/static-host.ts';
import { english } from './helpers/texts.ts';

const offer = (page: Page) => page.getByRole('region', { name: 'Last run' });
const saved = (page: Page) => page.getByText(/^saved at step [\d,]+$/);
const runs = (page: Page) => page.getByRole('region', { name: 'Runs' });

async function savedStep(page: Page): Promise<number> {
  return Number(/[\d,]+/.exec(await saved(page).innerText())![0].replaceAll(',', ''));
}

/** Starts a reproducible run that is saved about once a second. */
async function start(page: Page, steps: number): Promise<void> {
  await textArea(page).fill(english(4000));
  await tinyModel(page, steps);
  await setOptions(page, { 'Validate every': 20, Reproducible: true });
  await button(page, 'Train').click();
}

async function openRuns(page: Page): Promise<void> {
  await openPanel(page, 'Runs');
  await runs(page).getByRole('listitem').first().waitFor();
}

describe('a run that is interrupted by a reload', () => {
  const { open } = usePage();

  // Enough steps that the first save, after a second, is never the end.
  const STEPS = 8000;

  test('is offered where it stood, and goes on to the same bits as an uninterrupted one', async () => {
    const { page } = await open();
    await page.getByLabel('Prompt').fill('my aunt');
    await page.getByLabel('Temperature').fill('0.7');
    await start(page, STEPS);
    await saved(page).waitFor();
    await until(async () => (await savedStep(page)) >= 100);
    await page.reload();
    await offer(page)
      .getByText(/stands at step [\d,]+ of 8,000, with a loss of \d/)
      .waitFor();
    await button(page, 'Open it').click();
    await page.getByText(/^Stopped after step/).waitFor();
    expect(await textArea(page).inputValue()).toBe(english(4000));
    expect(await page.getByLabel('Prompt').inputValue()).toBe('my aunt');
    expect(await page.getByLabel('Temperature').inputValue()).toBe('0.7');
    await setOptions(page, {}); // opens the list of options
    await openPanel(page, 'Details');
    expect(await page.getByLabel('Width', { exact: true }).inputValue()).toBe('16');
    expect(await stepShown(page)).toBeGreaterThanOrEqual(100);
    expect(await page.getByRole('img', { name: /^Loss curves up to step/ }).count()).toBe(1);
    await openPanel(page, 'Write');
    expect((await sample(page).innerText()).length).toBeGreaterThan(0);
    expect(parseFloat(await metric(page, 'Validation loss').innerText())).toBeGreaterThan(0);
    await page.reload();
    await button(page, 'Go on').click();
    await page.getByText('Done: all 8,000 steps.').waitFor();
    const engine = await loadNodeEngine({ reproducible: true });
    const { run } = await trained(engine, english(4000), tiny({ max_steps: STEPS, eval_every: 20 }));
    expect(sha256(await savedModel(page))).toBe(sha256(run.save()));
    await run.delete();
    expect(await alerts(page).count()).toBe(0);
  });

  test('after its end is offered with its best weights, and can be trained for longer', async () => {
    const { page } = await open();
    await textArea(page).fill(english(1500));
    await tinyModel(page, 400);
    await setOptions(page, { 'Validate every': 10, Patience: 3, 'Learning rate': 0.05 });
    await button(page, 'Train').click();
    await page.getByText(/^(Stopped early|Done: all)/).waitFor();
    await saved(page).waitFor();
    const status = await page.getByText(/^(Stopped early|Done: all)/).innerText();
    const file = sha256(await savedModel(page));
    await page.reload();
    await offer(page)
      .getByText(/has ended after \d+ steps/)
      .waitFor();
    expect(await button(page, 'Go on').count()).toBe(0);
    await button(page, 'Open it').click();
    await page.getByText(status).waitFor();
    expect(sha256(await savedModel(page))).toBe(file);
    await page.getByLabel('by more steps').fill('10');
    await button(page, 'Train longer').click();
    await page.getByText(/^(Stopped early|Done: all)/).waitFor();
    expect(await alerts(page).count()).toBe(0);
  });

  test('the page asks nothing when it is left during a saved run', async () => {
    const { page } = await open();
    let asks = 0;
    page.on('dialog', (dialog) => {
      asks++;
      void dialog.accept();
    });
    await start(page, 1_000_000);
    await saved(page).waitFor();
    await page.reload();
    await offer(page).waitFor();
    expect(asks).toBe(0);
    await button(page, 'Not now').click();
    expect(await offer(page).count()).toBe(0);
    await page.reload();
    await openRuns(page);
    expect(await offer(page).count()).toBe(0);
  });
});

describe('the panel of runs', () => {
  const { open, address } = usePage();

  test('opens, renames, duplicates, downloads and deletes runs, and deleting can be undone', async () => {
    const { page } = await open();
    await start(page, 60);
    await page.getByText('Done: all 60 steps.').waitFor();
    await saved(page).waitFor();
    const file = await savedModel(page);
    await openRuns(page);
    const items = runs(page).getByRole('listitem');
    await items.getByText(/step 60 of 60 · validation loss .* · text: typed, 4 kB · .* · saved /).waitFor();
    await items.getByRole('button', { name: 'Rename' }).click();
    await page.getByLabel('Name of the run').fill('My aunt');
    await page.getByLabel('Name of the run').press('Enter');
    await items.getByText('My aunt', { exact: true }).waitFor();
    await items.getByRole('button', { name: 'Duplicate' }).click();
    const copy = items.filter({ hasText: 'My aunt (copy)' });
    await copy.waitFor();
    const download = page.waitForEvent('download');
    await copy.getByRole('button', { name: 'Download' }).click();
    expect((await download).suggestedFilename()).toBe('My-aunt-copy--step-60.safetensors');
    await copy.getByRole('button', { name: 'Delete' }).click();
    await until(async () => (await items.count()) === 1);
    await runs(page).getByRole('button', { name: 'Undo' }).click();
    await until(async () => (await items.count()) === 2);
    await copy.getByRole('button', { name: 'Open' }).click();
    await copy.getByText('open here').waitFor();
    expect(sha256(await savedModel(page))).toBe(sha256(file));
    await openPanel(page, 'Write');
    await page.getByLabel('Length', { exact: true }).fill('50');
    await button(page, 'Generate').click();
    await page.getByText(/^50 tokens · /).waitFor();
    expect((await generated(page).innerText()).length).toBeGreaterThan(20);
    await openPanel(page, 'Runs');
    await runs(page)
      .getByText(/used by this page, .* left\./)
      .waitFor();
  });

  test('a second tab refuses a run that is open in the first', async () => {
    const { page } = await open();
    await start(page, 1_000_000);
    await saved(page).waitFor();
    const second = await page.context().newPage();
    await second.goto(address());
    await openRuns(second);
    await runs(second).getByText('open in another tab').waitFor();
    expect(await runs(second).getByRole('button', { name: 'Open', exact: true }).isDisabled()).toBe(true);
    expect(await offer(second).count()).toBe(0);
    await page.close();
    await second.reload();
    await offer(second).waitFor();
  });

  test('when the storage is full, the last save stays and the page offers a download', async () => {
    const { page } = await open();
    await start(page, 1_000_000);
    await saved(page).waitFor();
    await limitStorage(page, address(), 1000);
    await alerts(page)
      .filter({ hasText: 'The storage that the browser gives to this page is full.' })
      .waitFor();
    const step = await savedStep(page);
    const download = page.waitForEvent('download');
    await button(page, 'Save the model to a file').click();
    expect((await download).suggestedFilename()).toMatch(/^mini-llm-step-\d+\.safetensors$/);
    let asks = 0;
    page.on('dialog', (dialog) => {
      asks++;
      void dialog.accept();
    });
    await page.reload();
    expect(asks).toBe(1);
    await offer(page)
      .getByText(`stands at step ${step.toLocaleString('en')} of`)
      .waitFor();
  });
});

describe('in a browser that keeps nothing', () => {
  const host = new StaticHost();
  host.isolating = true;
  host.storagePrelude = NO_STORAGE;
  const { open } = usePage(() => host.listen());

  test('the page says so, and asks before it is left with an unsaved run, and not after saving', async () => {
    const { page } = await open();
    await page.getByText('This browser keeps nothing for this page').waitFor();
    await start(page, 40);
    await page.getByText('Done: all 40 steps.').waitFor();
    const asked = page.waitForEvent('dialog');
    await page.evaluate(() => void setTimeout(() => location.reload()));
    const dialog = await asked;
    expect(dialog.type()).toBe('beforeunload');
    await dialog.dismiss();
    await page.getByText('Done: all 40 steps.').waitFor();
    await savedModel(page);
    let asks = 0;
    page.on('dialog', (again) => {
      asks++;
      void again.accept();
    });
    await page.reload();
    await page.getByText('Ready.').waitFor();
    expect(asks).toBe(0);
    expect(await offer(page).count()).toBe(0);
  });
});
