// Failures during a run, none of which may lose weights.

import { loadNodeEngine } from '../web/engine/node.ts';
import { makeCorpus } from '../web/engine/corpus.ts';
import { CoreCrash } from '../web/engine/errors.ts';
import type { RunEvent } from '../web/engine/events.ts';
import { prepareResume, prepareTraining } from '../web/engine/prepare.ts';
import { Run } from '../web/engine/run.ts';
import { fingerprint, sharedEngine, spoken, tiny, trained } from './helpers/engine.ts';
import { english } from './helpers/texts.ts';

const WRITE = {
  temp: 0.8,
  top_k: 40,
  top_p: 1,
  min_p: 0,
  repetition_penalty: 1,
  max_new_tokens: 10,
  seed: 1,
  cache: true,
  int8: false,
  stop: [],
  n: 1,
};

const notes = (events: readonly RunEvent[]): string[] =>
  events.flatMap((event) => (event.event === 'note' ? [event.message] : []));

describe('A live sample', () => {
  test('that fails is reported once, and training continues to the end', async () => {
    const engine = await sharedEngine();
    const sample = { options: { ...WRITE, top_p: 7 }, prompt: '', every_steps: 2 };
    const { run, end, events } = await trained(engine, english(2000), tiny(), { sample });
    expect(end).toMatchObject({ event: 'done', reason: 'max_steps' });
    expect(notes(events)).toEqual([
      expect.stringMatching(/^No sample could be made: top_p must be a number from 0 to 1, not 7\./),
    ]);
    expect(engine.loadModel(run.save()).nParameters()).toBeGreaterThan(0);
    await run.delete();
  });

  test('with a top_p of 0 takes only the likeliest token', async () => {
    const engine = await sharedEngine();
    const sample = { options: { ...WRITE, top_p: 0 }, prompt: 'The', every_steps: 10 };
    const { run, events } = await trained(engine, english(2000), tiny(), { sample });
    expect(events.filter((event) => event.event === 'sample' && event.done)).toHaveLength(2);
    expect(notes(events)).toEqual([]);
    await run.delete();
  });
});

describe('Weights that cannot generate', () => {
  // Stops at every early step, so at least once just before the step that would have failed.
  const wild = { lr: 1000, min_lr: 1000, warmup_steps: 0, max_steps: 100, eval_every: 0 };

  test.each([
    { grad_accum: 1, val_fraction: 0.1 },
    { grad_accum: 2, val_fraction: 0 },
  ])('are never saved: %o', async (more) => {
    const engine = await sharedEngine();
    const ends = new Set<string>();
    for (let stop_at_step = 1; stop_at_step <= 8; stop_at_step++) {
      const options = tiny({ ...wild, ...more, stop_at_step });
      const { run, end } = await trained(engine, english(2000), options);
      ends.add(end.event);
      using model = engine.loadModel(run.save());
      expect((await spoken(engine, model, WRITE, '')).tokens).toBe(10);
      if (end.event === 'failed')
        expect(end.message).toContain(
          `the weights of step ${end.weights_step} are kept, the newest that can generate`,
        );
      await run.delete();
    }
    expect([...ends].sort()).toEqual(['done', 'failed']);
  });

  test('end a run without validation as failed, not as done', async () => {
    const engine = await sharedEngine();
    const ends = [];
    for (let max_steps = 1; max_steps <= 8; max_steps++) {
      const { run, end } = await trained(
        engine,
        english(2000),
        tiny({ ...wild, max_steps, val_fraction: 0 }),
      );
      ends.push(end.event);
      await run.delete();
    }
    expect(ends).toContain('failed');
  });
});

describe('After a crash of the core', () => {
  test('the checkpoint kept outside it resumes to the same bits', async () => {
    const engine = await loadNodeEngine({ variant: 'baseline' });
    const corpus = makeCorpus(english(2000));
    const run = new Run(engine, await prepareTraining(engine, tiny(), corpus), { rescue_every_ms: 0 });
    const advance = run.trainer.advance.bind(run.trainer);
    run.trainer.advance = (ms) => {
      if (run.progress.step < 15) return advance(ms);
      throw new CoreCrash('The core stopped unexpectedly.');
    };
    const end = await run.start();
    expect(end).toMatchObject({ event: 'failed', crashed: true });
    const rescued = run.rescued()!;
    expect(rescued.step).toBeGreaterThan(0);
    expect(rescued.step).toBeLessThanOrEqual(15);

    const other = await sharedEngine();
    const resumed = new Run(other, prepareResume(other, rescued.bytes, {}, corpus));
    await resumed.start();
    const { run: whole } = await trained(other, english(2000));
    expect(fingerprint(resumed.save())).toBe(fingerprint(whole.save()));
    await Promise.all([resumed.delete(), whole.delete()]);
  });

  test('any other error also ends the run as failed, with weights that can be saved', async () => {
    const engine = await sharedEngine();
    const run = new Run(engine, await prepareTraining(engine, tiny(), makeCorpus(english(2000))));
    run.trainer.hasValidation = () => {
      throw new Error('Something unforeseen.');
    };
    run.options.eval_every = 1;
    run.options.stop_at_step = 1;
    const end = await run.start();
    expect(end).toMatchObject({ event: 'failed', crashed: false, message: 'Something unforeseen.' });
    using model = engine.loadModel(run.save());
    expect((await spoken(engine, model, WRITE, '')).tokens).toBe(10);
    await run.delete();
  });
});

describe('A run that ended early', () => {
  // The validation part differs from the rest, so the validation loss soon rises.
  const text = english(2000) + 'z'.repeat(500);
  const impatient = tiny({ max_steps: 400, eval_every: 5, patience: 2, val_fraction: 0.2 });

  test('reports the losses of the restored weights, and samples from them', async () => {
    const engine = await sharedEngine();
    const sample = { options: WRITE, prompt: '', every_steps: 1000 };
    const { run, end, events } = await trained(engine, text, impatient, { sample });
    expect(end).toMatchObject({ event: 'done', reason: 'patience' });
    expect(end.weights_step).toBe(end.step - 10);
    const best = events.find((event) => event.event === 'eval' && event.step === end.weights_step)!;
    for (const key of ['val_loss', 'val_bits_per_byte', 'train_loss', 'train_bits_per_byte'] as const)
      expect(end[key]).toBe(best[key]);
    expect(events.findLast((event) => event.event === 'sample')).toMatchObject({
      weights_step: end.weights_step,
      done: true,
    });
    expect(notes(events)).toEqual([
      `Stopped early at step ${end.step}: no validation since step ${end.weights_step} was better, so the weights of step ${end.weights_step} were restored.`,
    ]);
    await run.delete();
  });

  test('offers both weights, and continues from the last ones with more steps', async () => {
    const engine = await sharedEngine();
    const { run, end } = await trained(engine, text, impatient);
    expect(run.hasLastWeights()).toBe(true);
    const best = fingerprint(run.model.save());
    run.useWeights('last');
    expect(run.progress.weights_step).toBe(end.step);
    const last = fingerprint(run.model.save());
    expect(last).not.toBe(best);
    run.useWeights('best');
    expect(run.progress).toMatchObject({ weights_step: end.weights_step, val_loss: end.val_loss });
    expect(fingerprint(run.model.save())).toBe(best);

    const longer = prepareResume(engine, run.saveToExtend(), { max_steps: 1000 }, makeCorpus(text));
    expect(fingerprint(longer.trainer.model().save())).toBe(last);
    expect(fingerprint(run.model.save())).toBe(best);
    const resumed = new Run(engine, longer);
    const second = await resumed.start();
    expect(second.step).toBeGreaterThanOrEqual(end.step + 10);
    await Promise.all([run.delete(), resumed.delete()]);
  });
});

describe('Without a prompt', () => {
  test('a model of one long line continues the beginning of that line', async () => {
    const engine = await sharedEngine();
    const line = 'GATTACA'.repeat(300);
    const { run } = await trained(engine, line, tiny({ max_steps: 400 }));
    const { text } = await spoken(engine, run.model, { ...WRITE, temp: 0, max_new_tokens: 20 }, '');
    expect(text).toBe('GATTACAGATTACAGATTACA');
    await run.delete();
  });
});
