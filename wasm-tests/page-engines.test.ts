// Unused engines are closed.

import { readFileSync, readdirSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { loadNodeEngine } from '../web/engine/node.ts';
import { trained, tiny } from './helpers/engine.ts';
import { button, setOptions, textArea, tinyModel, until, usePage } from './helpers/page.ts';
import { english } from './helpers/texts.ts';

/** Counts threads of a process by the name that Chromium gives to threads of workers. */
function workersOf(processes: readonly number[]): number {
  const names = processes.flatMap((pid) => {
    const tasks = `/proc/${pid}/task`;
    return readdirSync(tasks).map((task) => readFileSync(`${tasks}/${task}/comm`, 'utf8').trim());
  });
  return names.filter((name) => name.startsWith('DedicatedWorker')).length;
}

describe('on the page', () => {
  const { open, browser } = usePage();

  async function renderers(): Promise<number[]> {
    const session = await browser().newBrowserCDPSession();
    const { processInfo } = (await session.send('SystemInfo.getProcessInfo')) as {
      processInfo: { type: string; id: number }[];
    };
    await session.detach();
    return processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
  }

  async function train(page: Page, threads: number): Promise<void> {
    await setOptions(page, { Threads: threads });
    await button(page, 'Train').click();
    await page.locator('footer').getByText(`, ${threads} threads.`).waitFor();
    await page.getByText('Done: all 2 steps.').waitFor();
  }

  test('changing the number of threads repeatedly leaves no workers behind', async () => {
    const { page } = await open();
    await textArea(page).fill(english(3000));
    await tinyModel(page, 2);
    await train(page, 2);
    const pids = await renderers();
    const before = workersOf(pids);
    expect(before).toBeGreaterThan(0);
    for (let i = 0; i < 10; i++) await train(page, i % 2 === 0 ? 3 : 2);
    await until(async () => workersOf(pids) <= before);
  });
});

describe('in Node', () => {
  const threads = (): number => readdirSync(`/proc/${process.pid}/task`).length;

  test('a closed engine leaves no threads behind', async () => {
    const use = async (): Promise<void> => {
      const engine = await loadNodeEngine({ variant: 'threads', threads: 4 });
      const { run } = await trained(engine, english(2000), tiny({ max_steps: 2 }));
      await run.delete();
      engine.close();
    };
    await use();
    const before = threads();
    for (let i = 0; i < 5; i++) await use();
    await until(async () => threads() <= before);
  });

  test('no thread waits on its memory forever, which would keep it allocated', async () => {
    const atomics = Atomics as unknown as { waitAsync?: unknown };
    const { waitAsync } = atomics;
    let waits = 0;
    atomics.waitAsync = () => ({ async: true, value: new Promise(() => waits++) });
    try {
      const engine = await loadNodeEngine({ variant: 'threads', threads: 2 });
      const { run } = await trained(engine, english(2000), tiny({ max_steps: 2 }));
      await run.delete();
      engine.close();
    } finally {
      atomics.waitAsync = waitAsync;
    }
    expect(waits).toBe(0);
  });
});
