// Opens the built page in a headless browser, served as by `npm start`. Every test fails on a request to another origin
// and on errors and warnings in the console.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { fileURLToPath } from 'node:url';
import { jest } from '@jest/globals';
import { chromium, type Browser, type BrowserContextOptions, type Locator, type Page } from 'playwright-core';
import en from '../../web/app/words/en.ts';
import { english } from './texts.ts';

// A browser on a busy machine can miss a moment that a test waits for. `npm test` names the tests that needed a second try.
jest.retryTimes(1, { logErrorsBeforeRetry: true });

/** The labels of the panels, in their order. */
export const PANEL_LABELS = Object.values(en.panels);

type PanelLabel = string;

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));
const VITE = fileURLToPath(new URL('../../node_modules/vite/bin/vite.js', import.meta.url));

const FLAGS = JSON.parse(
  readFileSync(new URL('../../tools/chromium-flags.json', import.meta.url), 'utf8'),
) as string[];

/** Time limit for waiting, ample for slow machines. */
export const TIMEOUT_MS = 120_000;

export interface Opened {
  page: Page;
  /** URLs requested outside the page's origin. */
  foreignRequests: string[];
  /** Errors and warnings of the console, uncaught exceptions, failed requests. */
  errors: string[];
}

export interface OpenHow {
  /** Runs before the page's own scripts. */
  before?: string;
  /** false for a page that does not start. */
  waitForTrain?: boolean;
  /** Query and fragment of the address. */
  query?: string;
}

/** A server of the built page. */
export interface Host {
  address: string;
  close: () => void;
}

/** Gives a test file its server and browser; call at the top of a describe block. */
export function usePage(serve: () => Promise<Host> = served): {
  open: (options?: BrowserContextOptions, how?: OpenHow) => Promise<Opened>;
  address: () => string;
  browser: () => Browser;
} {
  let host: Host;
  let browser: Browser;
  const all: Opened[] = [];

  beforeAll(async () => {
    [host, browser] = await Promise.all([serve(), launch()]);
  }, TIMEOUT_MS);

  afterEach(async () => {
    const opened = all.splice(0);
    await Promise.all(opened.map(({ page }) => page.context().close()));
    expect(opened.flatMap(({ foreignRequests }) => foreignRequests)).toEqual([]);
    expect(opened.flatMap(({ errors }) => errors)).toEqual([]);
  });

  afterAll(async () => {
    await browser?.close();
    host?.close();
  });

  const open = async (
    options: BrowserContextOptions = {},
    { before, waitForTrain = true, query = '' }: OpenHow = {},
  ): Promise<Opened> => {
    // Tests that change what the host answers must reach the host; those of the service worker ask for it.
    const context = await browser.newContext({ serviceWorkers: 'block', ...options });
    if (before !== undefined) await context.addInitScript(before);
    context.setDefaultTimeout(TIMEOUT_MS);
    const opened = recording(await context.newPage(), host.address);
    all.push(opened);
    // Not "load": a page that isolates itself loads twice.
    await opened.page.goto(host.address + query, { waitUntil: 'commit' });
    if (waitForTrain) await button(opened.page, 'Train').waitFor();
    return opened;
  };
  return { open, address: () => host.address, browser: () => browser };
}

/** What Playwright says where a page has been denied its service worker. */
const BLOCKED = 'Service Worker registration blocked by Playwright';

function recording(page: Page, address: string): Opened {
  const foreignRequests: string[] = [];
  const errors: string[] = [];
  const local = [address, `blob:${new URL(address).origin}`, 'data:'];
  page.context().on('request', (request) => {
    if (!local.some((start) => request.url().startsWith(start))) foreignRequests.push(request.url());
  });
  page.on('requestfailed', (request) => {
    // A reload breaks off what is still being fetched.
    if (request.failure()?.errorText !== 'net::ERR_ABORTED') errors.push(`${request.url()} failed`);
  });
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.text() === BLOCKED) return;
    if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text());
  });
  return { page, foreignRequests, errors };
}

/** Removes expected errors from the list. */
export function expectErrors({ errors }: Opened, expected: RegExp): void {
  errors.splice(0, Infinity, ...errors.filter((text) => !expected.test(text)));
}

/** How Chromium is launched. */
export const CHROMIUM = { executablePath: process.env.CHROME_PATH ?? '/usr/bin/chromium', args: FLAGS };

function launch(): Promise<Browser> {
  return chromium.launch(CHROMIUM);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.on('error', reject);
    probe.listen(0, 'localhost', () => {
      const { port } = probe.address() as net.AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

/** Starts the preview server of `npm start`, without a build. */
export async function served(): Promise<Host> {
  const port = await freePort();
  const args = [VITE, 'preview', '--port', String(port), '--strictPort', '--host', 'localhost'];
  const child = spawn(process.execPath, args, { cwd: CHECKOUT, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  await new Promise<void>((resolve, reject) => {
    const listen = (data: Buffer) => {
      output += data.toString();
      if (output.includes(String(port))) resolve();
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.on('error', reject);
    child.on('exit', () => reject(new Error(`The server ended: ${output}`)));
  });
  return { address: `http://localhost:${port}/`, close: () => child.kill() };
}

// What a user sees and does.

export const textArea = (page: Page) => page.getByLabel('Training text');
export const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
export const sample = (page: Page) => page.getByRole('region', { name: 'Sample' }).locator('.text');
export const generated = (page: Page) => page.getByRole('region', { name: 'Generated text' });
export const alerts = (page: Page) => page.getByRole('alert').filter({ hasText: /./ });

/** The value of a metric, for instance "Step". */
export const metric = (page: Page, name: string) =>
  page.locator('dt', { hasText: new RegExp(`^${name}$`) }).locator('xpath=following-sibling::dd[1]');

export async function stepShown(page: Page): Promise<number> {
  return parseInt((await metric(page, 'Step').innerText()).replaceAll(',', ''), 10);
}

/** Drops files and folders from the disk, like a file manager. */
export async function dropPaths(page: Page, ...files: string[]): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const card = page.getByRole('region', { name: 'Your text' });
  await card.scrollIntoViewIfNeeded();
  const box = (await card.boundingBox())!;
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', {
      type,
      x: box.x + 50,
      y: box.y + 100,
      data: { items: [], files, dragOperationsMask: 1 },
    });
}

/** Waits until this step is done. */
export async function reachStep(page: Page, step: number): Promise<void> {
  await until(async () => (await stepShown(page)) >= step);
}

export async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + TIMEOUT_MS;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error('The condition did not hold in time.');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const panels = (page: Page) => page.getByRole('navigation', { name: 'Panels' });

export async function openPanel(page: Page, name: PanelLabel): Promise<void> {
  await panels(page).getByRole('link', { name, exact: true }).click();
  await panels(page).locator('[aria-current]', { hasText: name }).waitFor();
}

/** Does something in a panel, then shows again the panel that was shown before. */
export async function inPanel<T>(page: Page, name: PanelLabel, act: () => Promise<T>): Promise<T> {
  const before = await panels(page).locator('[aria-current]').innerText();
  await openPanel(page, name);
  const result = await act();
  await openPanel(page, before);
  return result;
}

type Values = Readonly<Record<string, number | string | boolean>>;

/** Sets fields, lists and switches by their labels. */
async function setFields(form: Locator, values: Values): Promise<void> {
  for (const [label, value] of Object.entries(values)) {
    const field = form.getByLabel(label, { exact: true });
    if (typeof value === 'boolean') await field.setChecked(value);
    else if ((await field.evaluate(({ tagName }) => tagName)) === 'SELECT')
      await field.selectOption(String(value));
    else await field.fill(String(value));
  }
}

async function unfold(details: Locator): Promise<void> {
  if ((await details.getAttribute('open')) === null) await details.locator('summary').click();
}

export const preset = (page: Page) => page.getByRole('region', { name: 'Preset' });

/** Sets training options by their labels. */
export async function setOptions(page: Page, values: Values): Promise<void> {
  await inPanel(page, 'Details', async () => {
    await unfold(preset(page).locator('details'));
    await setFields(preset(page), values);
  });
}

/** Chooses a preset by the beginning of its name. */
export async function choosePreset(page: Page, name: RegExp): Promise<void> {
  await inPanel(page, 'Details', () => preset(page).getByRole('radio', { name }).check());
}

export const generator = (page: Page) => page.getByRole('region', { name: 'Generate text' });

/** Unfolds the sampling options. */
export async function moreOptions(page: Page): Promise<void> {
  await unfold(generator(page).locator('details'));
}

/** Sets the prompt and the sampling options by their labels. */
export async function setSampling(page: Page, values: Values): Promise<void> {
  await moreOptions(page);
  await setFields(generator(page), values);
}

/** Chooses the preset nanoGPT: GPT-2 on bytes for every length of the text. */
export async function nanoGptPreset(page: Page): Promise<void> {
  await choosePreset(page, /^nanoGPT/);
}

/** Sets up a tiny GPT-2 on bytes, whose steps take milliseconds. */
export async function tinyModel(page: Page, max_steps: number): Promise<void> {
  await nanoGptPreset(page);
  await setOptions(page, {
    Layers: 1,
    Heads: 2,
    Width: 16,
    'Context length': 16,
    'Batch size': 4,
    Steps: max_steps,
    'Warm-up steps': 2,
    'Learning rate': 0.01,
    'Final learning rate': 0.001,
    'Validation batches': 2,
  });
}

/** Drops a file on the text area. */
export async function dropFile(page: Page, name: string, bytes: Uint8Array): Promise<void> {
  await dropFiles(page, [{ name, bytes }]);
}

export async function dropFiles(
  page: Page,
  files: readonly { name: string; bytes: Uint8Array }[],
): Promise<void> {
  const transfer = await page.evaluateHandle(
    (all) => {
      const carrier = new DataTransfer();
      for (const { name, base64 } of all)
        carrier.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name));
      return carrier;
    },
    files.map(({ name, bytes }) => ({ name, base64: Buffer.from(bytes).toString('base64') })),
  );
  await textArea(page).dispatchEvent('dragover', { dataTransfer: transfer });
  await textArea(page).dispatchEvent('drop', { dataTransfer: transfer });
}

/** Trains a tiny model on a short text to the end, without any error message. */
export async function trainsToTheEnd(page: Page, steps: number): Promise<void> {
  await textArea(page).fill(english(4000));
  await tinyModel(page, steps);
  await button(page, 'Train').click();
  await page.getByText(`Done: all ${steps} steps.`).waitFor();
  expect(await alerts(page).count()).toBe(0);
}

/** Limits what the browser gives to the page. */
export async function limitStorage(page: Page, address: string, quotaSize: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Storage.overrideQuotaForOrigin', { origin: new URL(address).origin, quotaSize });
}
