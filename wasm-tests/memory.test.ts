// Memory stays flat in Node: long training with saves, samples and validations, and models opened and deleted many times.
// MINI_LLM_MEMORY=1 takes 10,000 steps and 1,000 models.

import { sampleOptions } from '../web/engine/convert.ts';
import { makeCorpus } from '../web/engine/corpus.ts';
import type { Engine } from '../web/engine/engine.ts';
import { loadNodeEngine } from '../web/engine/node.ts';
import { prepareResume, prepareTraining } from '../web/engine/prepare.ts';
import { Run } from '../web/engine/run.ts';
import { spoken, tiny, trained } from './helpers/engine.ts';
import { memoryHere, reportMemory, type Memory } from './helpers/memory.ts';
import { english } from './helpers/texts.ts';

const LONG = process.env['MINI_LLM_MEMORY'] !== undefined;
const STEPS = LONG ? 10_000 : 600;
const LOADS = LONG ? 1000 : 60;
/** What caches and compiled code may still take after the first tenth, in MB. */
const SLACK = { heap: 2, process: 40 };

const CORPUS = makeCorpus(english(4000));

let engine: Engine;
beforeAll(async () => (engine = await loadNodeEngine({ variant: 'baseline' })));

function expectFlat(what: string, early: Memory, end: Memory): void {
  reportMemory(what, early, end);
  expect(end.core).toBe(early.core);
  expect(end.heap - early.heap).toBeLessThan(SLACK.heap);
  expect(end.process - early.process).toBeLessThan(SLACK.process);
}

test(`${STEPS} steps of training`, async () => {
  const options = tiny({ max_steps: STEPS, eval_every: 20, n_embd: 32 });
  const settings = {
    rescue_every_ms: 100,
    sample: { every_steps: 50, options: sampleOptions({ ...options, max_new_tokens: 20 }), prompt: '' },
  };
  const run = new Run(engine, await prepareTraining(engine, options, CORPUS), settings);
  let early: Memory | undefined;
  let samples = 0;
  run.on((event) => {
    if (event.event === 'sample') samples++;
    if (event.event === 'step' && event.step === STEPS / 10) early = memoryHere(engine.heapBytes());
  });
  expect(await run.start()).toMatchObject({ event: 'done', step: STEPS });
  const end = memoryHere(engine.heapBytes());
  await run.delete();
  expect(samples).toBeGreaterThan(2);
  expectFlat(`${STEPS} steps`, early!, end);
}, 3_600_000);

test(`${LOADS} models opened, used and deleted`, async () => {
  const { run } = await trained(engine, CORPUS, tiny({ n_embd: 64, stop_at_step: 2 }));
  const file = run.save();
  await run.delete();
  const options = sampleOptions(tiny({ max_new_tokens: 3 }));
  let early: Memory | undefined;
  for (let i = 1; i <= LOADS; i++) {
    using model = engine.loadModel(file);
    using tokenizer = model.tokenizer();
    expect(tokenizer.vocabSize()).toBe(256);
    await spoken(engine, model, options, 'The');
    prepareResume(engine, file, {}, CORPUS).trainer.delete();
    if (i === LOADS / 10) early = memoryHere(engine.heapBytes());
  }
  expectFlat(`${LOADS} models`, early!, memoryHere(engine.heapBytes()));
}, 3_600_000);
