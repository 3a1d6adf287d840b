// The page without a network, after one visit; new versions of it; and as an installed program.

import type { Page } from 'playwright-core';
import en from '../web/app/words/en.ts';
import { deployNewVersion, NEW_DESCRIPTION } from './helpers/new-version.ts';
import {
  alerts,
  button,
  expectErrors,
  generated,
  openPanel,
  reachStep,
  textArea,
  tinyModel,
  trainsToTheEnd,
  until,
  usePage,
  type Opened,
} from './helpers/page.ts';
import { StaticHost } from './helpers/static-host.ts';
import { english } from './helpers/texts.ts';

const host = new StaticHost();
const { open } = usePage(() => host.listen());

beforeEach(() => {
  host.isolating = true;
  host.down = false;
  host.answers.clear();
});

/** Opens the page for the first time, and waits until it is kept. */
async function firstVisit(): Promise<Opened> {
  const opened = await open({ serviceWorkers: 'allow' });
  await opened.page.getByText('This page also opens without a network.').waitFor();
  // Without headers the page reloads itself, which breaks off what it still fetches.
  expectErrors(opened, /\/(favicon\.svg|manifest\.webmanifest|icons\/\d+\.png|loss-plot-[\w-]+\.js) failed$/);
  return opened;
}

/** Opens everything that can be opened in a panel. */
async function unfoldAll(page: Page): Promise<void> {
  const closed = page.locator('.panels details:not([open]) > summary:visible');
  while ((await closed.count()) > 0) await closed.first().click();
}

describe.each([true, false])('after a first visit, with isolation headers: %j', (isolating) => {
  beforeEach(() => (host.isolating = isolating));

  test('the page opens, trains, generates, opens every panel and exports without a network', async () => {
    const opened = await firstVisit();
    const { page } = opened;
    host.down = true;
    host.asked.clear();
    await page.reload();
    await page.getByText('1.2 MB', { exact: true }).waitFor();
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    await trainsToTheEnd(page, 30);
    await button(page, 'Generate').click();
    await until(async () => (await generated(page).innerText()).length > 0);
    for (const label of Object.values(en.panels)) {
      await openPanel(page, label);
      await unfoldAll(page);
    }
    await page.getByText(/could not be|has probably been updated/).waitFor({ state: 'hidden' });
    await openPanel(page, 'Export');
    for (const format of ['gguf', 'html']) {
      await page.getByLabel('Export as').selectOption(format);
      const download = page.waitForEvent('download');
      await button(page, 'Export').click();
      expect((await download).suggestedFilename()).toMatch(format === 'html' ? /\.html$/ : /\.zip$/);
    }
    expect(await alerts(page).count()).toBe(0);
    expect(host.asked.size).toBe(0);
  });

  test('a build of the core and the base are there without a network once they have been used', async () => {
    const opened = await firstVisit();
    const { page } = opened;
    const use = async (): Promise<void> => {
      const answer = await page.evaluate(async () => {
        const { ok } = await fetch('base/english.safetensors');
        return ok;
      });
      expect(answer).toBe(true);
    };
    await use();
    host.down = true;
    await page.reload();
    await button(page, 'Train').waitFor();
    await use();
  });
});

describe('a new version', () => {
  const description = (page: Page) => page.locator('meta[name=description]').getAttribute('content');
  const note = (page: Page) => page.getByText('A new version of mini-llm is ready.');

  test('is offered, never loaded by itself, and loaded by the button', async () => {
    const { page } = await firstVisit();
    await deployNewVersion(host);
    await page.reload();
    await note(page).waitFor();
    expect(await description(page)).not.toBe(NEW_DESCRIPTION);
    await button(page, 'Use it now').click();
    await until(async () => (await description(page).catch(() => '')) === NEW_DESCRIPTION);
    await note(page).waitFor({ state: 'hidden' });
    await page.getByText('This page also opens without a network.').waitFor();
    host.down = true;
    await page.reload();
    await trainsToTheEnd(page, 5);
    expect(await description(page)).toBe(NEW_DESCRIPTION);
  });

  test('does not interrupt a run, in this tab or in another', async () => {
    const opened = await firstVisit();
    const { page } = opened;
    await deployNewVersion(host);
    await page.reload();
    await note(page).waitFor();
    await textArea(page).fill(english(4000));
    await tinyModel(page, 1_000_000);
    await button(page, 'Train').click();
    await reachStep(page, 5);
    await page.getByText('It can be used when the training has ended.').waitFor();
    expect(await button(page, 'Use it now').count()).toBe(0);
    const other = await page.context().newPage();
    await other.goto(host.address);
    await button(other, 'Use it now').click();
    await other.getByText('Close the other tabs of mini-llm first').waitFor();
    await reachStep(page, 20);
    await other.close();
    await button(page, 'Stop').click();
    await button(page, 'Use it now').click();
    await until(async () => (await description(page).catch(() => '')) === NEW_DESCRIPTION);
  });
});

test('the page can be installed', async () => {
  const { page } = await firstVisit();
  const session = await page.context().newCDPSession(page);
  const { errors, data } = await session.send('Page.getAppManifest');
  expect(errors).toEqual([]);
  const { icons } = JSON.parse(data!) as { icons: { src: string }[] };
  for (const { src } of icons)
    expect((await page.request.get(new URL(src, host.address).href)).ok()).toBe(true);
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
  // Incognito windows, as tests have them, install nothing.
  expect(installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== 'in-incognito')).toEqual(
    [],
  );
});
