// Memory of a tab stays flat: long training, and models opened many times. MINI_LLM_MEMORY=1 takes 10,000 steps and 1,000
// models.

import type { Page } from 'playwright-core';
import { sharedEngine, tiny, trained } from './helpers/engine.ts';
import { MB, processMemory, reportMemory, type Memory } from './helpers/memory.ts';
import { openModel } from './helpers/page-files.ts';
import { button, reachStep, setOptions, textArea, tinyModel, usePage } from './helpers/page.ts';
import { english } from './helpers/texts.ts';

const LONG = process.env['MINI_LLM_MEMORY'] !== undefined;
const STEPS = LONG ? 10_000 : 500;
const LOADS = LONG ? 1000 : 20;
/** What caches and compiled code may still take after the first tenth, in MB. The page keeps the curve of the losses. */
const SLACK = { heap: 4, process: 60 };

type TabMemory = Pick<Memory, 'heap' | 'process'>;

/** The heap of the page's own thread, and all of the tab's process, in which the workers and the core are. */
async function memoryOf(page: Page): Promise<TabMemory> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.enable');
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  const whole = await page.context().browser()!.newBrowserCDPSession();
  const { processInfo } = await whole.send('SystemInfo.getProcessInfo');
  await whole.detach();
  const renderers = processInfo.filter(({ type }) => type === 'renderer');
  return { heap: usedSize / MB, process: Math.max(...renderers.map(({ id }) => processMemory(id))) };
}

function expectFlat(what: string, early: TabMemory, end: TabMemory): void {
  reportMemory(`${what} in a tab`, early, end);
  expect(end.heap - early.heap).toBeLessThan(SLACK.heap);
  expect(end.process - early.process).toBeLessThan(SLACK.process);
}

describe('a tab', () => {
  const { open } = usePage();

  async function opened(): Promise<Page> {
    const { page } = await open();
    page.setDefaultTimeout(3_600_000);
    return page;
  }

  test(`takes no more memory after ${STEPS} steps`, async () => {
    const page = await opened();
    await textArea(page).fill(english(4000));
    await tinyModel(page, STEPS);
    await setOptions(page, { 'Validate every': 20 });
    await button(page, 'Train').click();
    await reachStep(page, STEPS / 10);
    const early = await memoryOf(page);
    await page.getByText(`Done: all ${STEPS.toLocaleString('en')} steps.`).waitFor();
    expectFlat(`${STEPS} steps`, early, await memoryOf(page));
  }, 3_600_000);

  test(`takes no more memory after ${LOADS} models`, async () => {
    const { run } = await trained(await sharedEngine(), english(2000), tiny({ n_embd: 64, stop_at_step: 2 }));
    const file = run.save();
    await run.delete();
    const page = await opened();
    let early: TabMemory | undefined;
    for (let i = 1; i <= LOADS; i++) {
      await openModel(page, `model-${i}.safetensors`, file);
      await page.getByText(`model-${i}.safetensors`, { exact: false }).first().waitFor();
      if (i === LOADS / 10) early = await memoryOf(page);
    }
    expectFlat(`${LOADS} models`, early!, await memoryOf(page));
  }, 3_600_000);
});
