// Browsers and hosts that lack something: the page reports it, and the rest works.

import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { findCore } from '../web/engine/built-core.ts';
import {
  alerts,
  button,
  expectErrors,
  textArea,
  trainsToTheEnd,
  usePage,
  openPanel,
  setOptions,
} from './helpers/page.ts';
import { StaticHost } from './helpers/static-host.ts';

const { files: core } = findCore();

const line = (page: Page) => page.locator('footer');

const trains = (page: Page) => trainsToTheEnd(page, 5);

describe('a host with missing files', () => {
  const host = new StaticHost();
  const { open } = usePage(() => host.listen());

  beforeEach(() => {
    host.isolating = true;
    host.gone = undefined;
    host.answers.clear();
  });

  test('threads without their script: one thread trains, and the page says why', async () => {
    host.answers.set(`worker wasm/${core['relaxed-threads']}`, 404);
    const opened = await open();
    await line(opened.page)
      .getByText(/relaxed build \(.*\), 1 thread\. One thread runs, because threads could not start: /)
      .waitFor();
    await line(opened.page).getByText('its script could not be loaded').waitFor();
    expectErrors(opened, /404|failed$/);
    await trains(opened.page);
  });

  test('threads that never respond: after five seconds one thread trains, and the page says why', async () => {
    host.answers.set(`worker wasm/${core['relaxed-threads']}`, '');
    const { page } = await open();
    await line(page).getByText('it did not answer within 5 seconds').waitFor();
    await trains(page);
  });

  test('a core that disappeared after the page was opened: an error, and the old core still works', async () => {
    const opened = await open();
    const { page } = opened;
    await line(page).getByText('Runs on this processor').waitFor();
    await trains(page);
    host.gone = /mini-llm\.(js|wasm)$/;
    await setOptions(page, { Build: 'baseline' });
    await button(page, 'Train').click();
    await alerts(page).filter({ hasText: 'has probably been updated since it was opened' }).waitFor();
    expectErrors(opened, /404|failed$/);
    await setOptions(page, { Build: 'auto' });
    await trains(page);
  });

  test('a panel that disappeared after the page was opened: an error', async () => {
    const opened = await open();
    host.gone = /assets\/TokensPanel-/;
    await openPanel(opened.page, 'Look inside');
    await opened.page.getByText('Tokens', { exact: true }).click();
    await opened.page.getByText('The page has probably been updated since it was opened').waitFor();
    // The browser may report a failed request a little after the page does.
    await opened.page.waitForTimeout(500);
    expectErrors(opened, /404|failed$/);
    // The panel tries again whenever it is shown.
    host.gone = undefined;
    await trains(opened.page);
  });

  test('a page without its main script shows an error', async () => {
    host.gone = /assets\/mount-/;
    const opened = await open({}, { waitForTrain: false });
    await opened.page.getByText('has probably been updated').waitFor();
    expectErrors(opened, /404|failed$/);
  });

  test('a missing worker: an error, and Train tries again', async () => {
    host.gone = /assets\/worker-/;
    const opened = await open();
    await alerts(opened.page).filter({ hasText: 'could not start' }).waitFor();
    // The browser may report the failed request a little after the page does.
    await opened.page.waitForTimeout(500);
    expectErrors(opened, /404|failed$/);
    host.gone = undefined;
    await trains(opened.page);
  });
});

describe('a browser that lacks something', () => {
  const host = new StaticHost();
  const { open } = usePage(() => host.listen());
  const without = async (what: string): Promise<Page> => {
    host.isolating = true;
    host.workerPrelude = `delete ${what};`;
    return (await open({}, { before: host.workerPrelude })).page;
  };

  test('AbortSignal.any: it still trains and generates', async () => {
    const page = await without('AbortSignal.any');
    await trains(page);
    await button(page, 'Generate').click();
    await page.getByText(/ tokens · /).waitFor();
  });

  test('WebAssembly: an error, and the text can still be edited', async () => {
    const page = await without('self.WebAssembly');
    await alerts(page)
      .filter({ hasText: /WebAssembly is needed, and this browser lacks it or has switched it off/ })
      .waitFor();
    await textArea(page).fill('still here');
    expect(await textArea(page).inputValue()).toBe('still here');
  });

  test('workers: an error', async () => {
    const page = await without('self.Worker');
    await alerts(page).filter({ hasText: 'This browser has no web workers' }).waitFor();
  });
});

describe('opened as a file', () => {
  const { browser } = usePage();
  test('the page explains how to serve it', async () => {
    const page = await (await browser().newContext()).newPage();
    await page.goto(pathToFileURL(fileURLToPath(new URL('../build/page/index.html', import.meta.url))).href);
    await page.getByText(/opened it as a file/).waitFor();
    await page.context().close();
  });
});
