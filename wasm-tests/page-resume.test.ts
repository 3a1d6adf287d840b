// Continuing a run after Stop, after the last step, from a file and after a failure, with the current options.

import type { Page } from 'playwright-core';
import { checkpointInfo, openModel, savedModel } from './helpers/page-files.ts';
import {
  alerts,
  button,
  metric,
  reachStep,
  setOptions,
  stepShown,
  textArea,
  tinyModel,
  usePage,
  setSampling,
} from './helpers/page.ts';
import { english } from './helpers/texts.ts';

const ofSteps = (page: Page) => metric(page, 'Step').innerText();

describe('continuing a run', () => {
  const { open } = usePage();

  async function stopped(max_steps: number): Promise<Page> {
    const { page } = await open();
    await textArea(page).fill(english(4000));
    await tinyModel(page, max_steps);
    await button(page, 'Train').click();
    await reachStep(page, 5);
    await button(page, 'Stop').click();
    await button(page, 'Resume').waitFor();
    return page;
  }

  test('after Stop uses a changed number of steps and learning rate', async () => {
    const page = await stopped(1_000_000);
    const step = await stepShown(page);
    await setOptions(page, { Steps: step + 200, 'Learning rate': 0.005 });
    await button(page, 'Resume').click();
    await page.getByText(`Done: all ${(step + 200).toLocaleString('en')} steps.`).waitFor();
    expect(await ofSteps(page)).toMatch(new RegExp(`of ${(step + 200).toLocaleString('en')}$`));
    const info = await checkpointInfo(await savedModel(page));
    expect(info.options).toMatchObject({ max_steps: step + 200, lr: 0.005 });
    expect(await alerts(page).count()).toBe(0);
  });

  test('after Stop uses a changed number of threads', async () => {
    const page = await stopped(1_000_000);
    const step = await stepShown(page);
    await setOptions(page, { Threads: 1 });
    await button(page, 'Resume').click();
    await page.getByText(/^Runs on this processor: .*, 1 thread\./).waitFor();
    await reachStep(page, step + 5);
    await button(page, 'Stop').click();
    await button(page, 'Resume').waitFor();
  });

  test('from a file too', async () => {
    const page = await stopped(5000);
    const file = await savedModel(page);
    const { step } = await checkpointInfo(file);
    await page.reload();
    await textArea(page).fill(english(4000));
    await openModel(page, 'half.safetensors', file);
    await button(page, 'Resume').waitFor();
    await setOptions(page, { Steps: step + 30 });
    await button(page, 'Resume').click();
    await page.getByText(`Done: all ${(step + 30).toLocaleString('en')} steps.`).waitFor();
    expect((await checkpointInfo(await savedModel(page))).options?.max_steps).toBe(step + 30);
  });

  test('fixed options are reported before and after pressing Resume, and the model stays', async () => {
    const page = await stopped(1_000_000);
    await setOptions(page, { Width: 32 });
    await page.getByText('This model has Width (n_embd) 16: set it back').waitFor();
    await button(page, 'Resume').click();
    await alerts(page).filter({ hasText: '16' }).waitFor();
    await setOptions(page, { Width: 16 });
    const step = await stepShown(page);
    await button(page, 'Resume').click();
    await reachStep(page, step + 5);
  });

  test('with a changed text is refused with the position of the change, and works with the old text', async () => {
    const page = await stopped(1_000_000);
    await textArea(page).fill(`${english(4000)}more`);
    await button(page, 'Resume').click();
    await alerts(page).filter({ hasText: 'it goes on after byte 4000' }).waitFor();
    await textArea(page).fill(english(4000));
    const step = await stepShown(page);
    await button(page, 'Resume').click();
    await reachStep(page, step + 5);
    expect(await alerts(page).count()).toBe(0);
  });

  test('after the last step it can be trained for more steps', async () => {
    const { page } = await open();
    await textArea(page).fill(english(4000));
    await tinyModel(page, 40);
    await button(page, 'Train').click();
    await page.getByText('Done: all 40 steps.').waitFor();
    expect(await button(page, 'Resume').count()).toBe(0);
    await page.getByLabel('by more steps').fill('none');
    await button(page, 'Train longer').click();
    await page.getByText(/number of steps must be a whole number/).waitFor();
    await page.getByLabel('by more steps').fill('25');
    await button(page, 'Train longer').click();
    await page.getByText('Done: all 65 steps.').waitFor();
    const file = await savedModel(page);
    expect(await checkpointInfo(file)).toMatchObject({ step: 65, options: { max_steps: 65 } });
    await page.reload();
    await textArea(page).fill(english(4000));
    await openModel(page, 'done.safetensors', file);
    await page.getByText('All its steps are done: “Train longer” adds more').waitFor();
    await page.getByLabel('by more steps').fill('10');
    await button(page, 'Train longer').click();
    await page.getByText('Done: all 75 steps.').waitFor();
  });

  test('after a NaN loss the kept weights generate, can be saved and fine-tuned', async () => {
    const { page } = await open();
    await textArea(page).fill(english(4000));
    await tinyModel(page, 300);
    await setOptions(page, { 'Learning rate': 1000, 'Final learning rate': 1000, 'Gradient clipping': 0 });
    await button(page, 'Train').click();
    await alerts(page).filter({ hasText: /lr/ }).waitFor();
    const status = page.getByText(/^Training failed\. The weights of step \d+ are kept/);
    const step = Number(/step (\d+)/.exec(await status.innerText())![1]);
    const download = page.waitForEvent('download');
    await savedModel(page);
    expect((await download).suggestedFilename()).toBe(`mini-llm-step-${step}.safetensors`);
    await setOptions(page, { 'Learning rate': 0.001, 'Final learning rate': 0.0001 });
    await button(page, 'Fine-tune on this text').click();
    await page.getByText('Done: all 300 steps.').waitFor();
    expect(await alerts(page).count()).toBe(0);
  });
});

describe('before a run', () => {
  const { open } = usePage();

  test('a note tells of a warm-up longer than the run, before Train is pressed and once during it', async () => {
    const { page } = await open();
    await textArea(page).fill(english(4000));
    await tinyModel(page, 50);
    await setOptions(page, { 'Warm-up steps': 100 });
    const note = page.getByText('The warm-up (warmup_steps 100) is not over when the run is (max_steps 50)');
    await note.waitFor();
    await button(page, 'Train').click();
    await page.getByText('Done: all 50 steps.').waitFor();
    expect(await note.count()).toBe(1);
  });

  test('an invalid option of live samples is an error, not replaced by its default', async () => {
    const { page } = await open();
    await textArea(page).fill(english(4000));
    await tinyModel(page, 50);
    await page.getByLabel('Temperature').fill('hot');
    await button(page, 'Train').click();
    await alerts(page).filter({ hasText: 'Live samples use the options of “Generate text”' }).waitFor();
    expect(await button(page, 'Stop').count()).toBe(0);
  });

  test('live samples are single and short, with cache and without int8, whatever Generate uses', async () => {
    const { page } = await open();
    await textArea(page).fill(english(4000));
    await tinyModel(page, 50);
    const asked = page.evaluate(
      () =>
        new Promise<unknown>((resolve) => {
          // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its worker below
          const post = Worker.prototype.postMessage;
          Worker.prototype.postMessage = function (this: Worker, ...args: [unknown]) {
            const { path, argumentList } = args[0] as {
              path?: string[];
              argumentList?: { value: { sample?: unknown } }[];
            };
            if (path?.[0] === 'start') resolve(argumentList?.[0]?.value.sample);
            post.apply(this, args);
          };
        }),
    );
    await setSampling(page, { Samples: 32, Length: 20_000, Temperature: 0.5 });
    await setSampling(page, { 'int8 weights': true, 'KV cache': false });
    await button(page, 'Train').click();
    expect(await asked).toMatchObject({
      prompt: '',
      options: { n: 1, max_new_tokens: 240, int8: false, cache: true, temp: 0.5, stop: [] },
    });
    await page.getByText('Done: all 50 steps.').waitFor();
  });
});
