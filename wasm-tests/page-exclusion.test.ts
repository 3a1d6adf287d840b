// Only one change of the current model at a time: quick clicks never leave a run without buttons, a text with gaps, or
// a message about another model.

import type { Page } from 'playwright-core';
import { sharedEngine, tiny, trained } from './helpers/engine.ts';
import { openModel } from './helpers/page-files.ts';
import {
  alerts,
  button,
  dropFile,
  reachStep,
  setOptions,
  textArea,
  tinyModel,
  until,
  usePage,
  inPanel,
} from './helpers/page.ts';
import { english } from './helpers/texts.ts';

const OPENED = /“mine.safetensors”: .* trained for 30 steps/;

async function someModel(): Promise<Uint8Array> {
  const { run } = await trained(await sharedEngine(), english(4000), tiny({ max_steps: 30 }));
  const file = run.save();
  await run.delete();
  return file;
}

/** Delays the page's calls of these worker methods until released. */
async function holdBack(page: Page, names: string[]): Promise<() => Promise<void>> {
  await page.evaluate((names) => {
    const held: (() => void)[] = [];
    // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its worker below
    const post = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function (this: Worker, ...args: [unknown]) {
      const { path } = args[0] as { path?: string[] };
      if (names.includes(path?.[0] ?? '')) held.push(() => post.apply(this, args));
      else post.apply(this, args);
    };
    Object.assign(window, { letGo: () => held.splice(0).forEach((send) => send()) });
  }, names);
  return () => page.evaluate(() => (window as unknown as { letGo: () => void }).letGo());
}

describe('changes of the current model', () => {
  const { open } = usePage();

  async function ready(max_steps: number): Promise<Page> {
    const { page } = await open();
    await page.getByText(/Runs on this processor/).waitFor();
    await textArea(page).fill(english(4000));
    await tinyModel(page, max_steps);
    return page;
  }

  test('while a model is being opened, Train, Save and Generate are disabled and the status says why', async () => {
    const page = await ready(1_000_000);
    const file = await someModel();
    const letGo = await holdBack(page, ['load']);
    await openModel(page, 'mine.safetensors', file);
    await page.getByText('Opening “mine.safetensors” …').waitFor();
    expect(await button(page, 'Train').getAttribute('aria-disabled')).toBe('true');
    await inPanel(page, 'Runs', async () => {
      expect(await button(page, 'Open model').isDisabled()).toBe(true);
    });
    await button(page, 'Train').dispatchEvent('click');
    await letGo();
    await page.getByText(OPENED).waitFor();
    await page.getByText('The model is open. Give it a prompt under “Write”.').waitFor();
    expect(await button(page, 'Stop').count()).toBe(0);
    await setOptions(page, { Steps: 1_000_000 }); // the file's own number of steps is soon reached
    await button(page, 'Train').click();
    await reachStep(page, 5);
    await button(page, 'Stop').click();
    await button(page, 'Resume').waitFor();
    expect(await alerts(page).count()).toBe(0);
  });

  test('a file dropped while a run is being prepared is refused, and the run keeps its buttons', async () => {
    const page = await ready(1_000_000);
    const file = await someModel();
    const letGo = await holdBack(page, ['start']);
    await button(page, 'Train').click();
    await page.getByText('Preparing …').waitFor();
    await dropFile(page, 'mine.safetensors', file);
    await letGo();
    await reachStep(page, 5);
    await button(page, 'Pause').click();
    await button(page, 'Resume').click();
    await button(page, 'Stop').click();
    await page.getByText(/^Stopped after step/).waitFor();
    expect(await page.getByText(OPENED).count()).toBe(0);
  });

  test('the worker itself refuses a second change', async () => {
    const page = await ready(1_000_000);
    const file = [...(await someModel())];
    await button(page, 'Train').click();
    await reachStep(page, 5);
    const refused = await page.workers()[0]!.evaluate((bytes) => {
      // Calls load from inside the worker during a run, as the page would.
      const { port1, port2 } = new MessageChannel();
      const answer = new Promise<string>((resolve) => {
        port2.onmessage = ({ data }: MessageEvent<{ value?: { value?: { message?: string } } }>) =>
          resolve(data.value?.value?.message ?? 'not refused');
      });
      const message = {
        id: 'test',
        type: 'APPLY',
        path: ['load'],
        argumentList: [{ type: 'RAW', value: new Uint8Array(bytes) }],
      };
      port1.start();
      const event = new MessageEvent('message', { data: message });
      const post = self.postMessage.bind(self);
      self.postMessage = ((data: { id?: string }, ...rest: []) =>
        data.id === 'test' ? port1.postMessage(data) : post(data, ...rest)) as typeof postMessage;
      self.dispatchEvent(event);
      return answer;
    }, file);
    expect(refused).toBe('Training is under way; stop it first.');
    const step = await page.locator('dt', { hasText: /^Step$/ }).count();
    expect(step).toBe(1);
    await button(page, 'Stop').click();
    await button(page, 'Resume').waitFor();
  });

  test('a refused start leaves the open model unchanged', async () => {
    const page = await ready(50);
    await openModel(page, 'mine.safetensors', await someModel());
    await page.getByText(OPENED).waitFor();
    await textArea(page).fill('short');
    await button(page, 'Train').click();
    await alerts(page).filter({ hasText: 'needs at least' }).waitFor();
    await button(page, 'Generate').click();
    await page.getByText(/^300 tokens · /).waitFor();
    await page.getByText(OPENED).waitFor();
  });

  test('another build replaces the previous one, and its threads end', async () => {
    const page = await ready(10);
    const threads = async (): Promise<number> =>
      page.workers()[0]!.evaluate(() => (self as unknown as Living).living());
    await page.workers()[0]!.evaluate(countWorkers);
    for (const count of [2, 1, 2, 3]) {
      await setOptions(page, { Threads: count });
      await button(page, 'Train').click();
      await page.getByText('Done: all 10 steps.').waitFor();
      await until(async () => (await threads()) <= count);
    }
  });
});

interface Living {
  living: () => number;
}

/** Runs inside a worker: counts its workers that have not been terminated. */
function countWorkers(): void {
  const living = new Set<Worker>();
  const Original = Worker;
  self.Worker = class extends Original {
    constructor(...args: ConstructorParameters<typeof Worker>) {
      super(...args);
      living.add(this);
    }
    override terminate(): void {
      living.delete(this);
      super.terminate();
    }
  };
  Object.assign(self, { living: () => living.size });
}
