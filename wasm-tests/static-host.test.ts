// The built page on a plain static host, in a folder of its own and without the headers that isolate a page.

import { availableParallelism } from 'node:os';
import type { Page } from 'playwright-core';
import {
  button,
  expectErrors,
  reachStep,
  textArea,
  tinyModel,
  trainsToTheEnd,
  usePage,
  type Opened,
} from './helpers/page.ts';
import { StaticHost } from './helpers/static-host.ts';

/** With one processor, the automatic choice has no threads. */
const AUTOMATIC = availableParallelism() > 1 ? /threads build \(.*\), \d+ threads\./ : 'relaxed build';

const isolated = (page: Page): Promise<boolean> => page.evaluate(() => crossOriginIsolated);
const line = (page: Page) => page.locator('footer');

/** How often the page has been loaded since. */
function loadsOf(page: Page): () => number {
  let loads = 0;
  page.on('domcontentloaded', () => loads++);
  return () => loads;
}

const trains = (page: Page) => trainsToTheEnd(page, 30);

describe('on a plain static host', () => {
  const host = new StaticHost();
  const { open } = usePage(() => host.listen());

  beforeEach(() => {
    host.asked.clear();
    host.wasmType = 'application/wasm';
    host.held = undefined;
  });

  /** Opens the page for the first time and waits until it has isolated itself. */
  const openFirst = async (): Promise<Opened> => settled(await open({ serviceWorkers: 'allow' }));

  const settled = async (opened: Opened): Promise<Opened> => {
    await line(opened.page).getByText(AUTOMATIC).waitFor();
    // The reload may come before the icon and the chart have loaded.
    expectErrors(
      opened,
      /\/(favicon\.svg|manifest\.webmanifest|icons\/\d+\.png|loss-plot-[\w-]+\.js) failed$/,
    );
    return opened;
  };

  /** Opens the page without service workers, as in some private windows. */
  const openWithout = async (): Promise<Opened> => {
    const opened = await open();
    await line(opened.page).getByText('relaxed build').waitFor();
    return opened;
  };

  test('the page isolates itself with one reload, threads run, and a training works', async () => {
    const opened = await open({ serviceWorkers: 'allow' }, { waitForTrain: false });
    const loads = loadsOf(opened.page);
    await settled(opened);
    const { page } = opened;
    expect(loads()).toBeLessThanOrEqual(2);
    expect(await isolated(page)).toBe(true);
    // Nothing large is fetched before the reload, which would waste it.
    const cores = [...host.asked].filter(([file]) => file.endsWith('.wasm'));
    expect(cores.map(([, times]) => times)).toEqual([1]);
    await trains(page);
  });

  test('opened again, it is isolated at once', async () => {
    const { page } = await openFirst();
    const again = await page.context().newPage();
    const loads = loadsOf(again);
    await again.goto(host.address);
    await line(again).getByText(AUTOMATIC).waitFor();
    expect(await isolated(again)).toBe(true);
    expect(loads()).toBe(1);
  });

  test('if service workers are blocked, one thread runs, and the page says why and what to do', async () => {
    const { page } = await openWithout();
    expect(await isolated(page)).toBe(false);
    const says = await line(page).innerText();
    expect(says).toContain('1 thread.');
    expect(says).toContain('because this page is not isolated');
    expect(says).toContain('allow service workers');
    expect(says).toContain('Cross-Origin-Opener-Policy: same-origin');
    expect(says).toContain('Cross-Origin-Embedder-Policy: require-corp');
    expect(host.asked.get('')).toBe(1);
    await trains(page);
  });

  test('a .wasm file sent with another content type runs too', async () => {
    host.wasmType = 'application/octet-stream';
    const { page } = await openWithout();
    await trains(page);
  });

  test('a run in progress is not interrupted: no reload, nothing lost, and isolated the next time', async () => {
    let release = (): void => undefined;
    host.held = { file: 'service-worker.js', until: new Promise((resolve) => (release = resolve)) };
    const { page } = await open({ serviceWorkers: 'allow' });
    const loads = loadsOf(page);
    await textArea(page).fill('Written before the service worker came.'.repeat(20));
    await tinyModel(page, 1_000_000);
    await button(page, 'Train').click();
    release();
    await reachStep(page, 5);
    await line(page).getByText('Reload the page to run threads').waitFor();
    expect(loads()).toBe(0);
    expect(await textArea(page).inputValue()).toMatch(/^Written before/);
    expect(await isolated(page)).toBe(false);
    await button(page, 'Stop').click();
    page.on('dialog', (dialog) => void dialog.accept());
    await page.reload({ waitUntil: 'commit' });
    await line(page).getByText(AUTOMATIC).waitFor();
    expect(await isolated(page)).toBe(true);
    expect(loads()).toBe(1);
  });
});
