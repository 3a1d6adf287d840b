// The KV cache race: equal texts, and counts of what each lane computes.

import { cacheRace, noRace, totalsOf, withPart, type RaceResult } from '../web/engine/cache-race.ts';
import { sampleOptions } from '../web/engine/convert.ts';
import type { Model } from '../web/engine/core-objects.ts';
import type { Engine } from '../web/engine/engine.ts';
import { generateText } from '../web/engine/generate.ts';
import { workRows } from '../web/app/lib/work-map.ts';
import { sharedEngine, spoken, tiny, trained } from './helpers/engine.ts';
import { english } from './helpers/texts.ts';

const PROMPT = 'the old';
const CONTEXT = 16;

let engine: Engine;
beforeAll(async () => void (engine = await sharedEngine()));

async function race(model: Model, tokens: number, signal?: AbortSignal): Promise<RaceResult> {
  let result = noRace();
  const options = sampleOptions({ ...tiny(), max_new_tokens: tokens, seed: 3, n: 4 });
  const parts = cacheRace((...args) => generateText(engine, model, ...args), options, PROMPT, signal);
  let done = false;
  for await (const part of parts) {
    expect(done).toBe(false);
    ({ done } = part);
    result = withPart(result, part);
  }
  expect(done).toBe(true);
  return result;
}

describe.each(['gpt2', 'qwen3'] as const)('of %s', (arch) => {
  let model: Model;
  beforeAll(async () => {
    const { run } = await trained(engine, english(3000), tiny({ arch, n_layer: 2, max_steps: 40 }));
    model = engine.loadModel(run.model.save());
    await run.delete();
  });
  afterAll(() => model.delete());

  test('both lanes write the text that generation writes, far past the context', async () => {
    const { on, off } = await race(model, 3 * CONTEXT);
    const options = sampleOptions({ ...tiny(), max_new_tokens: 3 * CONTEXT, seed: 3 });
    const { text } = await spoken(engine, model, options, PROMPT);
    expect(on.text).toBe(text);
    expect(off.text).toBe(text);
    expect([on.steps.length, off.steps.length]).toEqual([3 * CONTEXT, 3 * CONTEXT]);
  });

  test('the cache computes each token of the context once, and without it all are computed each time', async () => {
    const { on, off } = await race(model, CONTEXT - PROMPT.length);
    const seen = off.steps.map((_, i) => PROMPT.length + i);
    expect(off.steps.map(({ computed }) => computed)).toEqual(seen);
    expect(off.steps.every(({ cached }) => cached === 0)).toBe(true);
    expect(on.steps.map(({ computed }) => computed)).toEqual(seen.map((n, i) => (i === 0 ? n : 1)));
    expect(on.steps.map(({ cached }) => cached)).toEqual(seen.map((n, i) => (i === 0 ? 0 : n - 1)));
    expect(totalsOf(on).computed).toBe(CONTEXT - 1);
    expect(totalsOf(off)).toMatchObject({ tokens: 9, computed: seen.reduce((a, b) => a + b, 0) });
  });

  test('past the context only learned positions make the cache start again', async () => {
    const { on } = await race(model, 3 * CONTEXT);
    const again = on.steps.slice(1).filter(({ computed }) => computed > 1);
    expect(again.length > 0).toBe(arch === 'gpt2');
    for (const { computed, cached } of again) expect([computed, cached]).toEqual([CONTEXT / 2 + 1, 0]);
  });

  test('an abort ends both lanes', async () => {
    const { on, off } = await race(model, 1000, AbortSignal.abort());
    expect(on.steps.length).toBeLessThanOrEqual(2);
    expect(off.steps.length).toBeLessThanOrEqual(2);
  });
});

test('the map has a row for each token, whose columns end before it', () => {
  const slices = [
    { ms: 1, computed: 3, cached: 0 },
    { ms: 1, computed: 1, cached: 3 },
    { ms: 1, computed: 2, cached: 0 }, // the window has moved on
  ];
  expect(workRows(slices, 3)).toEqual([
    { begin: 0, computed: 0, end: 3 },
    { begin: 0, computed: 3, end: 4 },
    { begin: 3, computed: 3, end: 5 },
  ]);
});

test('speed is that of all tokens together', () => {
  const slice = (ms: number) => ({ ms, computed: 2, cached: 0 });
  expect(totalsOf({ text: '', steps: [slice(30), slice(10)] })).toEqual({
    tokens: 2,
    ms: 40,
    tokens_per_s: 50,
    computed: 4,
  });
  expect(totalsOf(noRace().on)).toMatchObject({ tokens: 0, tokens_per_s: 0 });
});
