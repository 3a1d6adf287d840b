// Kills the page's process while a run trains, half of the times within a save: the run can always be read, and it is at
// most one save old. MINI_LLM_KILLS=100 kills a hundred times.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import {
  button,
  CHROMIUM,
  served,
  setOptions,
  textArea,
  tinyModel,
  until,
  type Host,
} from './helpers/page.ts';
import { english } from './helpers/texts.ts';

const KILLS = Number(process.env.MINI_LLM_KILLS ?? 4);
/** Each write of a save takes this much longer, so that a kill can hit it. */
const SLOW_MS = 40;

const STEP = /step ([\d,]+)/;

describe('a page whose process is killed', () => {
  let host: Host;
  let context: BrowserContext;
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'mini-llm-profile-'));

  beforeAll(async () => {
    host = await served();
    // A profile on the disk: the files of a private window are in memory.
    context = await chromium.launchPersistentContext(profile, CHROMIUM);
  });

  afterAll(async () => {
    await context?.close();
    host?.close();
    fs.rmSync(profile, { recursive: true, force: true });
  });

  test(
    `loses no save in ${KILLS} kills`,
    async () => {
      let page = await opened(context, host);
      await textArea(page).fill(english(4000));
      await tinyModel(page, 1_000_000);
      await setOptions(page, { 'Validate every': 20 });
      await button(page, 'Train').click();
      const lost: string[] = [];
      let during = 0;
      for (let kill = 0; kill < KILLS; kill++) {
        const begun = await watchSaves(page);
        await until(async () => (await savedStep(page)) > 0);
        const within = 2 * during < kill;
        if (within) await begun.next();
        await later(Math.random() * (within ? 4 * SLOW_MS : 1500));
        const last = begun.completed();
        if (begun.isWriting()) during++;
        await killPage(context, page);
        page = await opened(context, host);
        await button(page, 'Open it').click();
        const status = page.getByText(/^Stopped after step/);
        const found = stepIn(await status.innerText());
        if (found < last) lost.push(`step ${found} of ${last}`);
        await button(page, 'Resume').click();
      }
      process.stderr.write(
        `${KILLS} kills of the page, ${during} within a save, ${lost.length} saves lost\n`,
      );
      expect(lost).toEqual([]);
    },
    60_000 + KILLS * 60_000,
  );
});

async function opened(context: BrowserContext, host: Host): Promise<Page> {
  const page = await newPage(context);
  await page.goto(host.address);
  await button(page, 'Train').waitFor();
  return page;
}

/** Tries again: right after a kill the browser may give a new page a process that was killed too. */
async function newPage(context: BrowserContext): Promise<Page> {
  for (let tries = 1; ; tries++) {
    const page = context.newPage();
    const opened = await Promise.race([
      page.catch((error: Error) => error),
      later(30_000, undefined, { ref: false }),
    ]);
    if (opened && !(opened instanceof Error)) {
      opened.setDefaultTimeout(300_000);
      return opened;
    }
    if (tries === 5) throw opened ?? new Error('No page opens any more.');
  }
}

function stepIn(text: string): number {
  return Number(STEP.exec(text)?.[1]?.replaceAll(',', '') ?? 0);
}

async function savedStep(page: Page): Promise<number> {
  const shown = page.getByText(/^saved at step/);
  return (await shown.count()) === 0 ? 0 : stepIn(await shown.innerText());
}

interface Saves {
  /** Resolves when a save begins to write. */
  next: () => Promise<void>;
  /** The step of the last save that the page was told of. */
  completed: () => number;
  isWriting: () => boolean;
}

/** Slows down the writes of the storage worker and watches them. */
async function watchSaves(page: Page): Promise<Saves> {
  let wake = (): void => undefined;
  let completed = 0;
  let writing = false;
  await page.exposeFunction('saveBegins', () => {
    writing = true;
    wake();
  });
  await page.exposeFunction('saved', (text: string) => {
    if (stepIn(text) <= completed) return;
    completed = stepIn(text);
    writing = false;
  });
  await page.evaluate(reportSaves);
  const storage = page.workers().find((worker) => worker.url().includes('storage-worker'))!;
  await storage.evaluate(slowWrites, SLOW_MS);
  return {
    next: () => new Promise((resolve) => (wake = resolve)),
    completed: () => completed,
    isWriting: () => writing,
  };
}

/** Runs in the page. */
function reportSaves(): void {
  const { saveBegins, saved } = window as unknown as Record<string, (text?: string) => void>;
  new BroadcastChannel('saves').onmessage = () => saveBegins!();
  new MutationObserver(() => {
    for (const element of document.querySelectorAll('.help'))
      if (element.textContent?.startsWith('saved at step')) saved!(element.textContent);
  }).observe(document.body, { childList: true, subtree: true, characterData: true });
}

/** Runs in the storage worker: a write of two halves with a wait between them. */
function slowWrites(ms: number): void {
  type Write = (bytes: Uint8Array, where: { at: number }) => number;
  const { prototype } = (self as unknown as { FileSystemSyncAccessHandle: { prototype: { write: Write } } })
    .FileSystemSyncAccessHandle;
  const { write } = prototype;
  const channel = new BroadcastChannel('saves');
  prototype.write = function (this: unknown, bytes, { at }) {
    channel.postMessage('begins');
    const half = bytes.length >> 1;
    write.call(this, bytes.subarray(0, half), { at });
    for (const end = performance.now() + ms; performance.now() < end;);
    return half + write.call(this, bytes.subarray(half), { at: at + half });
  };
}

/** Kills all processes that draw pages, as the system does when memory runs out. */
async function killPage(context: BrowserContext, page: Page): Promise<void> {
  const crashed = page.waitForEvent('crash');
  const session = await context.browser()!.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  for (const { id } of processInfo.filter(({ type }) => type === 'renderer')) process.kill(id, 'SIGKILL');
  await crashed;
  await session.detach();
  await page.close();
}
