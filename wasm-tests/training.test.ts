import type { RunEvent } from '../web/engine/events.ts';
import { sampleOptions } from '../web/engine/convert.ts';
import { makeCorpus } from '../web/engine/corpus.ts';
import type { Engine } from '../web/engine/engine.ts';
import type { Options } from '../web/engine/options.ts';
import { prepareResume, prepareTraining } from '../web/engine/prepare.ts';
import { Run } from '../web/engine/run.ts';
import { fingerprint, sharedEngine, spoken, tiny, trained } from './helpers/engine.ts';
import { expectExactResume } from './helpers/resume.ts';
import { english } from './helpers/texts.ts';

const TEXT = english(3000);
let engine: Engine;
beforeAll(async () => (engine = await sharedEngine()));

function only<E extends RunEvent['event']>(events: RunEvent[], kind: E): Extract<RunEvent, { event: E }>[] {
  return events.filter((e): e is Extract<RunEvent, { event: E }> => e.event === kind);
}

describe('a run', () => {
  test('learns', async () => {
    const { run, events } = await trained(engine, TEXT, tiny({ max_steps: 150, eval_every: 50 }));
    const evals = only(events, 'eval').map((e) => e.val_loss as number);
    // An untrained model knows nothing of 256 bytes: ln 256 = 5.5 nats.
    expect(only(events, 'step')[0]?.train_loss).toBeGreaterThan(5);
    expect(evals.at(-1)).toBeLessThan(2.2);
    await run.delete();
  });

  test('reports every step in order, each followed by its validation, then the end', async () => {
    const { run, end, events } = await trained(engine, TEXT);
    const order = events.filter((e) => e.event !== 'note').map((e) => `${e.event} ${e.step}`);
    const steps = Array.from({ length: 20 }, (_, i) => `step ${i + 1}`);
    expect(order).toEqual([...steps.slice(0, 10), 'eval 10', ...steps.slice(10), 'eval 20', 'done 20']);
    expect(end).toMatchObject({ event: 'done', reason: 'max_steps', step: 20, max_steps: 20 });
    await run.delete();
  });

  test('ends early with a note when validation no longer improves', async () => {
    // The end of the text, which is the validation part, differs from the rest, so its loss soon rises.
    const options = tiny({ max_steps: 2000, eval_every: 10, patience: 2 });
    const { run, end, events } = await trained(engine, TEXT + 'zq'.repeat(200), options);
    const evals = only(events, 'eval');
    const best = evals.reduce((a, b) => (b.val_loss! < a.val_loss! ? b : a));
    expect(end).toMatchObject({ reason: 'patience', step: best.step + 20, val_loss: best.val_loss });
    expect(only(events, 'note').at(-1)?.message).toBe(
      `Stopped early at step ${end.step}: no validation since step ${best.step} was better, so the weights of step ${best.step} were restored.`,
    );
    expect(run.state).toBe('done');
    expect(() => prepareResume(engine, run.save(), {}, makeCorpus(TEXT + 'zq'.repeat(200)))).toThrow(
      /cannot go on; begin a new run from this model/,
    );
    await run.delete();
  });

  test('reports consistent figures', async () => {
    const { run, events, end } = await trained(engine, TEXT, tiny({ grad_accum: 2 }));
    const { lr, tokens, tokens_per_s, elapsed_s, grad_norm } = only(events, 'step')[9] as RunEvent;
    expect(tokens).toBe(10 * 2 * 4 * 16);
    expect(lr).toBeGreaterThan(1e-3);
    expect(lr).toBeLessThanOrEqual(1e-2);
    expect(tokens_per_s).toBeGreaterThan(0);
    expect(elapsed_s).toBeGreaterThan(0);
    expect(grad_norm).toBeGreaterThan(0);
    expect(end.val_bits_per_byte).toBeCloseTo((end.val_loss as number) / Math.LN2, 4);
    expect(end.eta_s).toBe(0);
    await run.delete();
  });

  test('reports valid JSON: unknown figures are null, not NaN', async () => {
    const { run, events } = await trained(engine, TEXT, tiny({ val_fraction: 0, max_steps: 3 }));
    for (const event of events) expect(JSON.parse(JSON.stringify(event))).toEqual(event);
    expect(only(events, 'eval')).toEqual([]);
    await run.delete();
  });

  test('calls no listener after it is removed', async () => {
    const run = new Run(engine, await prepareTraining(engine, tiny({ max_steps: 2 }), makeCorpus(TEXT)));
    let heard = 0;
    const off = run.on(() => heard++);
    off();
    await run.start();
    expect(heard).toBe(0);
    await run.delete();
  });
});

describe('the same seed', () => {
  test('gives the same bytes, with dropout too', async () => {
    const options = tiny({ dropout: 0.1 });
    const a = await trained(engine, TEXT, options);
    const b = await trained(engine, TEXT, options);
    expect(fingerprint(b.run.save())).toBe(fingerprint(a.run.save()));
    await Promise.all([a.run.delete(), b.run.delete()]);
  });

  test('gives the same bytes with live samples and saves at every step', async () => {
    const plain = await trained(engine, TEXT);
    const live = sampleOptions(tiny({ max_new_tokens: 8 }));
    const run = new Run(engine, await prepareTraining(engine, tiny(), makeCorpus(TEXT)), {
      sample: { options: live, prompt: 'the', every_steps: 1 },
      slice_ms: 0,
    });
    run.on((event) => event.event === 'step' && run.save());
    await run.start();
    expect(fingerprint(run.save())).toBe(fingerprint(plain.run.save()));
    await Promise.all([run.delete(), plain.run.delete()]);
  });

  test('another seed gives other bytes', async () => {
    const a = await trained(engine, TEXT, tiny({ max_steps: 2 }));
    const b = await trained(engine, TEXT, tiny({ max_steps: 2, seed: 1 }));
    expect(fingerprint(b.run.model.save())).not.toBe(fingerprint(a.run.model.save()));
    await Promise.all([a.run.delete(), b.run.delete()]);
  });
});

describe('stop_at_step and resume', () => {
  test.each([1, 7, 10, 19])(
    'a run stopped at step %i and resumed equals an uninterrupted run',
    async (stop_at_step) => {
      const begin = (given: Partial<Options>) => trained(engine, TEXT, tiny({ dropout: 0.1, ...given }));
      await expectExactResume(begin, engine, makeCorpus(TEXT), stop_at_step);
    },
  );

  test('a validation due at that step still takes place', async () => {
    const { run, events } = await trained(engine, TEXT, tiny({ stop_at_step: 10 }));
    expect(only(events, 'eval').map((e) => e.step)).toEqual([10]);
    await run.delete();
  });
});

describe('a NaN loss', () => {
  test('ends the run with advice, and the last good weights stay usable', async () => {
    const wild = tiny({ lr: 1000, min_lr: 1000, warmup_steps: 0, max_steps: 400 });
    const { run, end } = await trained(engine, TEXT, wild);
    expect(end).toMatchObject({ event: 'failed', crashed: false });
    expect((end as { message: string }).message).toMatch(/lr|learning rate/);
    expect(run.state).toBe('failed');
    const said = await spoken(engine, run.model, sampleOptions(tiny({ max_new_tokens: 20 })), 'the');
    expect(said.tokens).toBe(20);
    // Resuming would fail again, so only the weights are saved.
    const saved = run.save();
    expect(engine.checkpointInfo(saved)).toMatchObject({ has_optimizer: false, options: null });
    using model = engine.loadModel(saved);
    expect(model.nParameters()).toBe(run.model.nParameters());
    await run.delete();
  });
});
