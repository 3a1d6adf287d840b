// Beside a run: a hidden tab, the screen that stays on, and the notification at the end.

import type { Page } from 'playwright-core';
import type { Page as Driven } from 'puppeteer-core';
import { endMessage } from '../web/app/lib/end-message.ts';
import type { Training } from '../web/app/state/training.svelte.ts';
import { click, hide, shown, testWithFirefox, train, useChromium, useFirefox } from './helpers/firefox.ts';
import { button, inPanel, reachStep, tinyModel, trainsToTheEnd, until, usePage } from './helpers/page.ts';
import { StaticHost } from './helpers/static-host.ts';

const { open } = usePage();

const AWAKE = 'Keep the screen on';
const TELL = 'Tell me when it is done';

const toggle = (page: Page, name: string) =>
  inPanel(page, 'Details', () => page.getByRole('switch', { name }).click());

/** In a browser that can hide a page. */
async function trainsOn(page: Driven): Promise<void> {
  await train(page, { Steps: '1000000', Patience: '0' });
  await shown(page, /Time left/);
}

const stepOf = async (page: Driven): Promise<number> =>
  Number(/[\d,]+/.exec(await shown(page, /Step\s*:?\s*[\d,]+ of/))![0].replaceAll(',', ''));

describe('in a hidden tab', () => {
  const host = new StaticHost();
  host.isolating = true;
  const [chromium, firefox] = [useChromium(), useFirefox()];
  beforeAll(async () => void (await host.listen()));
  afterAll(() => host.close());

  async function goesOn({ page }: { page: Driven }): Promise<void> {
    await trainsOn(page);
    const show = await hide(page);
    const hiddenAt = await stepOf(page);
    await until(async () => (await stepOf(page)) >= hiddenAt + 20);
    expect(await page.evaluate(() => document.hidden)).toBe(true);
    await show();
    await click(page, 'button', 'Stop');
  }

  test('training goes on in Chromium', async () => goesOn(await chromium.open(host.address)));
  testWithFirefox()('training goes on in Firefox', async () => goesOn(await firefox.open(host.address)));

  /** Counts the locks that are held. */
  function countLocks(): void {
    const counted = globalThis as unknown as { locks: number };
    counted.locks = 0;
    // eslint-disable-next-line @typescript-eslint/unbound-method
    const { request } = WakeLock.prototype;
    WakeLock.prototype.request = async function (type) {
      const lock = await request.call(this, type);
      counted.locks++;
      lock.addEventListener('release', () => counted.locks--);
      return lock;
    };
  }

  test('the screen stays on, if asked for, while the page is in sight and trains', async () => {
    const { page } = await chromium.open(host.address, countLocks);
    const reach = (n: number) =>
      page.waitForFunction(
        (n) => (globalThis as unknown as { locks: number }).locks === n,
        { polling: 50 },
        n,
      );
    await trainsOn(page);
    await reach(0);
    await page.evaluate((label) => {
      const all = [...document.querySelectorAll<HTMLInputElement>('[role=switch]')];
      all.find(({ labels }) => labels?.[0]?.textContent.trim() === label)!.click();
    }, AWAKE);
    await reach(1);
    const show = await hide(page);
    await reach(0);
    await show();
    await reach(1);
    await click(page, 'button', 'Pause');
    await reach(0);
    await click(page, 'button', 'Resume');
    await reach(1);
    await click(page, 'button', 'Stop');
    await reach(0);
  });
});

/** Records notifications, and that the user looks elsewhere. */
const RECORD = `
  globalThis.told = [];
  document.hasFocus = () => false;
  const permission = Notification.permission;
  const ask = Notification.requestPermission.bind(Notification);
  globalThis.asked = 0;
  globalThis.Notification = class {
    static permission = permission;
    static requestPermission = () => (asked++, ask());
    constructor(title, { body }) { told.push(title + ': ' + body); }
  };`;

const told = (page: Page) => page.evaluate(() => (globalThis as unknown as { told: string[] }).told);

test('a notification says how the run ended, with the figures, only if asked for', async () => {
  const { page } = await open({ permissions: ['notifications'] }, { before: RECORD });
  await trainsToTheEnd(page, 20);
  expect(await told(page)).toEqual([]);
  expect(await page.evaluate(() => (globalThis as unknown as { asked: number }).asked)).toBe(0);
  await toggle(page, TELL);
  await trainsToTheEnd(page, 21);
  await until(async () => (await told(page)).length > 0);
  expect(await told(page)).toEqual([
    expect.stringMatching(
      /^Training is done: 21 steps in .+\. Validation loss \d\.\d{3} \(\d\.\d{3} bits per byte\)\.$/,
    ),
  ]);
  await tinyModel(page, 1_000_000);
  await button(page, 'Train').click();
  await reachStep(page, 5);
  await button(page, 'Stop').click();
  await button(page, 'Train').waitFor();
  expect(await told(page)).toHaveLength(1);
});

test('if the browser refuses notifications, the page says so kindly and the switch stays off', async () => {
  const { page } = await open({}, { before: RECORD });
  await inPanel(page, 'Details', async () => {
    const control = page.getByRole('switch', { name: TELL });
    await control.click();
    await page.getByText('This browser does not allow this page to notify you, which is fine').waitFor();
    expect(await control.isChecked()).toBe(false);
  });
});

test('the service worker shows the notification where there is one', async () => {
  const { page } = await open(
    { permissions: ['notifications'], serviceWorkers: 'allow' },
    {
      before: 'document.hasFocus = () => false;',
    },
  );
  await page.getByText('This page also opens without a network.').waitFor();
  await toggle(page, TELL);
  await trainsToTheEnd(page, 20);
  const shown = () =>
    page.evaluate(async () => {
      const { getNotifications } = await navigator.serviceWorker.ready.then((ready) => ({
        getNotifications: () => ready.getNotifications(),
      }));
      return (await getNotifications()).map(({ title }) => title);
    });
  await until(async () => (await shown()).length > 0);
  expect(await shown()).toEqual(['Training is done']);
});

describe('the message', () => {
  const run = {
    stage: 'done',
    end: { reason: 'patience' },
    progress: { step: 1200, elapsed_s: 75, train_loss: 1.5 },
    valLoss: null,
    bitsPerByte: null,
    problem: '',
  } as unknown as Training;

  test('says what ended, and with which loss without a validation', () => {
    expect(endMessage(run)).toEqual({
      title: 'Training stopped early',
      body: '1,200 steps in 1 min 15 s. Loss 1.500.',
    });
  });

  test('says why a run failed, and nothing if the user stopped it', () => {
    const failed = { ...run, stage: 'failed', problem: 'The loss is not a number.' } as Training;
    expect(endMessage(failed)).toEqual({ title: 'Training failed', body: 'The loss is not a number.' });
    expect(endMessage({ ...run, end: { reason: 'stopped' } } as Training)).toBeUndefined();
  });
});
