// Runs: pause, stop, slices, live samples, generation on request and deletion.

import type { RunEvent } from '../web/engine/events.ts';
import { sampleOptions } from '../web/engine/convert.ts';
import { makeCorpus } from '../web/engine/corpus.ts';
import type { Engine } from '../web/engine/engine.ts';
import type { Options } from '../web/engine/options.ts';
import { prepareTraining } from '../web/engine/prepare.ts';
import { Run, type RunSettings } from '../web/engine/run.ts';
import { LiveSampleSchedule } from '../web/engine/live-sample.ts';
import { fingerprint, sharedEngine, spoken, tiny, trained } from './helpers/engine.ts';
import { english } from './helpers/texts.ts';

const TEXT = english(3000);
let engine: Engine;
beforeAll(async () => (engine = await sharedEngine()));

async function begin(values: Partial<Options> = {}, settings: RunSettings = {}): Promise<Run> {
  return new Run(engine, await prepareTraining(engine, tiny(values), makeCorpus(TEXT)), settings);
}

/** Resolves at the first event that fits. */
function heard(run: Run, fits: (event: RunEvent) => boolean): Promise<RunEvent> {
  return new Promise((resolve) => {
    const off = run.on((event) => {
      if (!fits(event)) return;
      off();
      resolve(event);
    });
  });
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('pause, resume, stop', () => {
  test('a paused run does nothing, and ends with the same bytes as a run without a pause', async () => {
    const straight = await trained(engine, TEXT);
    const run = await begin({}, { slice_ms: 0 });
    run.on((event) => event.event === 'step' && event.step === 5 && run.pause());
    const end = run.start();
    await heard(run, (e) => e.event === 'paused');
    expect(run.state).toBe('paused');
    await wait(60);
    const { step, elapsed_s } = run.progress;
    expect(step).toBe(5);
    run.resume();
    expect(run.state).toBe('running');
    expect(run.progress.elapsed_s - elapsed_s).toBeLessThan(0.05);
    expect(await end).toMatchObject({ event: 'done', reason: 'max_steps' });
    expect(fingerprint(run.save())).toBe(fingerprint(straight.run.save()));
    await Promise.all([run.delete(), straight.run.delete()]);
  });

  test('stop ends the run after the current slice, also while paused, and start continues it', async () => {
    const run = await begin({ max_steps: 100_000 });
    const end = run.start();
    await heard(run, (e) => e.event === 'step');
    run.pause();
    run.stop();
    const { step } = await end;
    expect(await end).toMatchObject({ event: 'done', reason: 'stopped' });
    expect(run.state).toBe('stopped');
    const again = run.start();
    expect((await heard(run, (e) => e.event === 'step')).step).toBe(step + 1);
    run.stop();
    await again;
    await run.delete();
  });

  test('a step is cut into slices, between which other tasks run', async () => {
    const run = await begin(
      { n_embd: 64, n_head: 4, n_layer: 4, seq_len: 128, batch_size: 32 },
      { slice_ms: 1 },
    );
    let turns = 0;
    let last = performance.now();
    let longest = 0;
    const count = (): void => {
      turns++;
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
      if (run.state === 'running') setImmediate(count);
    };
    const began = performance.now();
    const end = run.start();
    setImmediate(count);
    await heard(run, (e) => e.event === 'step');
    const step_ms = performance.now() - began;
    run.stop();
    await end;
    // Relative to the step, so that the load of the machine does not matter.
    expect(turns).toBeGreaterThan(8);
    expect(longest).toBeLessThan(step_ms / 2);
    await run.delete();
  });

  test('cannot be started twice', async () => {
    const run = await begin();
    const end = run.start();
    expect(() => run.start()).toThrow('cannot be started: it is running');
    await end;
    await run.delete();
  });
});

describe('live samples', () => {
  const options = sampleOptions(tiny({ max_new_tokens: 12 }));

  test('come at the given interval and end complete', async () => {
    const { run, events } = await trained(engine, TEXT, tiny(), {
      sample: { options, prompt: 'the ', every_steps: 5 },
    });
    const whole = events.filter((e) => e.event === 'sample' && e.done);
    expect(whole.map((e) => e.step)).toEqual([5, 10, 15, 20]);
    expect(whole.every((e) => e.event === 'sample' && e.prompt === 'the ')).toBe(true);
    await run.delete();
  });

  test('at an interval of time, the first comes after the first step', async () => {
    const { run, events } = await trained(engine, TEXT, tiny(), {
      sample: { options, prompt: '', every_s: 1000 },
    });
    const whole = events.filter((e) => e.event === 'sample' && e.done).map((e) => e.step);
    expect(whole).toEqual([1]);
    await run.delete();
  });

  test('are single, however many samples the options request', () => {
    expect(new LiveSampleSchedule({ options: { ...options, n: 5 }, prompt: '' }).live.options.n).toBe(1);
  });

  test('do not wait for a long first step, and the next one follows that step', () => {
    const clock = performance as { now?: () => number };
    let time = 0;
    clock.now = () => time;
    try {
      const plan = new LiveSampleSchedule({ options, prompt: '', every_s: 3 });
      expect(plan.due(0, false)).toBe(false);
      time = 1500;
      expect(plan.due(0, false)).toBe(true);
      plan.done(0, 100);
      expect(plan.due(0, false)).toBe(false);
      expect(plan.due(1, true)).toBe(true);
      plan.done(1, 100);
      expect(plan.due(2, true)).toBe(false);
      time = 4600;
      expect(plan.due(2, true)).toBe(true);
    } finally {
      delete clock.now;
    }
  });
});

describe('generation on request', () => {
  const options = sampleOptions(tiny({ max_new_tokens: 40 }));

  test('works during training, which then continues undisturbed', async () => {
    const straight = await trained(engine, TEXT);
    const run = await begin({}, { slice_ms: 0 });
    const end = run.start();
    await heard(run, (e) => e.event === 'step' && e.step === 3);
    let tokens = 0;
    const seen: number[] = [];
    for await (const piece of run.generate(options, 'a dog', { slice_ms: 0 })) {
      tokens = piece.tokens;
      seen.push(run.progress.step);
    }
    expect(tokens).toBe(40);
    expect(new Set(seen).size).toBe(1);
    await end;
    expect(fingerprint(run.save())).toBe(fingerprint(straight.run.save()));
    await Promise.all([run.delete(), straight.run.delete()]);
  });

  test('works before the start, while paused and after the end', async () => {
    const run = await begin();
    const say = async (): Promise<number> => {
      let tokens = 0;
      for await (const piece of run.generate(options, '')) tokens = piece.tokens;
      return tokens;
    };
    expect(await say()).toBe(40);
    const paused = heard(run, (e) => e.event === 'paused');
    run.on((event) => event.event === 'step' && event.step === 2 && run.pause());
    const end = run.start();
    await paused;
    expect(await say()).toBe(40);
    run.resume();
    await end;
    expect(await say()).toBe(40);
    await run.delete();
  });

  test('can be aborted by a signal or by leaving the loop', async () => {
    const run = await begin({ max_steps: 5 });
    const control = new AbortController();
    const long = { ...options, max_new_tokens: 1_000_000 };
    let last = '';
    for await (const piece of run.generate(long, '', { signal: control.signal })) {
      last = piece.samples[0]!.reason;
      control.abort();
    }
    expect(last).toBe('aborted');
    for await (const piece of run.generate(long, '')) if (piece.tokens >= 0) break;
    expect(await run.start()).toMatchObject({ event: 'done' });
    await run.delete();
  });

  test('ends when its run is deleted', async () => {
    const run = await begin();
    const pieces = run.generate({ ...options, max_new_tokens: 1_000_000 }, '');
    await pieces.next();
    const gone = run.delete();
    let reason = '';
    for await (const piece of pieces) reason = piece.samples[0]!.reason;
    expect(reason).toBe('aborted');
    await gone;
    expect(run.trainer.deleted).toBe(true);
  });
});

describe('a deleted run', () => {
  test('throws an error instead of crashing', async () => {
    const run = await begin();
    const { trainer, model } = run;
    await run.delete();
    await run.delete();
    expect(() => trainer.advance(1)).toThrow('This Trainer has been deleted and cannot be used.');
    expect(() => model.config()).toThrow('This Model has been deleted');
    expect(() => engine.createGenerator(model, sampleOptions(tiny()), '')).toThrow(
      'This Model has been deleted',
    );
  });

  test('frees its memory: a hundred runs need no more than five', async () => {
    const heap = async (runs: number): Promise<number> => {
      for (let i = 0; i < runs; i++) {
        const { run } = await trained(engine, TEXT, tiny({ max_steps: 2 }));
        await spoken(engine, run.model, sampleOptions(tiny({ max_new_tokens: 3 })), '');
        await run.delete();
      }
      return engine.heapBytes();
    };
    const few = await heap(5);
    expect(await heap(100)).toBe(few);
  });
});
