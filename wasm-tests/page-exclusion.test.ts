// One thing at a time changes the model at hand: nothing that a person presses in a hurry leaves a run without its
// buttons, a text with holes, or a sentence about another model.

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
} from './helpers/page.ts';
import { english } from './helpers/texts.ts';

const OPENED = /“mine.safetensors”: .* trained for 30 steps/;

async function someModel(): Promise<Uint8Array> {
  const { run } = await trained(await sharedEngine(), english(4000), tiny({ max_steps: 30 }));
  const file = run.save();
  await run.delete();
  return file;
}

/** Holds back what the page asks of the worker by these names until let go. */
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

describe('what changes the model at hand', () => {
  const { open } = usePage();

  async function ready(max_steps: number): Promise<Page> {
    const { page } = await open();
    await page.getByText(/Runs on this processor/).waitFor();
    await textArea(page).fill(english(4000));
    await tinyModel(page, max_steps);
    return page;
  }

  test('while a model is being opened, Train, Save and Generate wait and say why', async () => {
    const page = await ready(1_000_000);
    const file = await someModel();
    const letGo = await holdBack(page, ['load']);
    await openModel(page, 'mine.safetensors', file);
    await page.getByText('Opening “mine.safetensors” …').waitFor();
    expect(await button(page, 'Train').getAttribute('aria-disabled')).toBe('true');
    expect(await button(page, 'Open model').isDisabled()).toBe(true);
    await button(page, 'Train').dispatchEvent('click');
    await letGo();
    await page.getByText(OPENED).waitFor();
    await page.getByText('The model is open. Generate text with it below.').waitFor();
    expect(await button(page, 'Stop').count()).toBe(0);
    await setOptions(page, { Steps: 1_000_000 }); // those of the file are done soon
    await button(page, 'Train').click();
    await reachStep(page, 5);
    await button(page, 'Stop').click();
    await button(page, 'Resume').waitFor();
    expect(await alerts(page).count()).toBe(0);
  });

  test('a file dropped while a run is being prepared is refused, and the run has its buttons', async () => {
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
    await page.getByText(/^Ended after step/).waitFor();
    expect(await page.getByText(OPENED).count()).toBe(0);
  });

  test('the worker itself refuses a second change, whatever the page asks', async () => {
    const page = await ready(1_000_000);
    const file = [...(await someModel())];
    await button(page, 'Train').click();
    await reachStep(page, 5);
    const refused = await page.workers()[0]!.evaluate((bytes) => {
      // The page's own way of asking, from inside: what load answers while a run is under way.
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

  test('a start that is refused leaves the opened model as it was', async () => {
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

  test('another build takes the place of the one before, whose threads end', async () => {
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

/** Inside a worker: how many of the workers that it makes from now on have not been ended. */
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
