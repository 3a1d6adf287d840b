import {
  makeCorpus,
  promptNote,
  sampleOptions,
  type Engine,
  type Model,
  type Options,
} from '../web/engine/index.ts';
import { sharedEngine, spoken, tiny, trained } from './helpers/engine.ts';
import { EMOJI, KOREAN, WINDOWS, english } from './helpers/texts.ts';

let engine: Engine;
let model: Model;
beforeAll(async () => {
  engine = await sharedEngine();
  const { run } = await trained(engine, english(3000), tiny({ max_steps: 100 }));
  model = engine.loadModel(run.model.save());
  await run.delete();
});
afterAll(() => model.delete());

const say = (values: Partial<Options>, prompt = 'the ', m = model): ReturnType<typeof spoken> =>
  spoken(engine, m, sampleOptions({ ...tiny(), max_new_tokens: 60, ...values }), prompt);

describe('the same seed', () => {
  test('says the same, another seed something else', async () => {
    const once = await say({});
    expect(await say({})).toMatchObject({ text: once.text, tokens: 60, reason: 'length' });
    expect((await say({ seed: 8 })).text).not.toBe(once.text);
  });

  test('does not matter to greedy generation', async () => {
    expect((await say({ temp: 0, seed: 1 })).text).toBe((await say({ temp: 0, seed: 2 })).text);
    expect((await say({ top_k: 1, seed: 1 })).text).toBe((await say({ temp: 0, seed: 2 })).text);
  });

  test('says the same with the cache and without, past the context too', async () => {
    for (const values of [{}, { temp: 0 }, { temp: 2, top_k: 0 }, { top_p: 0.7 }])
      expect((await say({ ...values, cache: false })).text).toBe(
        (await say({ ...values, cache: true })).text,
      );
  });
});

describe('int8 weights', () => {
  test('say much the same: greedily, most of the same text', async () => {
    const plain = await say({ temp: 0, max_new_tokens: 200 });
    const rounded = await say({ temp: 0, max_new_tokens: 200, int8: true });
    expect(rounded.tokens).toBe(200);
    expect(rounded.text.slice(0, 10)).toBe(plain.text.slice(0, 10));
  });

  test('say the same with the cache and without, past the context too', async () => {
    for (const values of [{}, { temp: 0 }, { temp: 2, top_k: 0 }])
      expect((await say({ ...values, int8: true, cache: false })).text).toBe(
        (await say({ ...values, int8: true })).text,
      );
  });

  test('leave the model as it was', async () => {
    const once = await say({});
    const saved = model.save();
    await say({ int8: true });
    expect((await say({})).text).toBe(once.text);
    expect(Buffer.compare(Buffer.from(model.save()), Buffer.from(saved))).toBe(0);
  });
});

describe('prompts', () => {
  test('an empty one starts from a new line', async () => {
    expect((await say({}, '')).text).toBe((await say({}, '\n')).text);
  });

  test('of one too many goes on from its end, and that is said', async () => {
    const tail = 'the old king see';
    expect(tail).toHaveLength(16);
    expect((await say({}, english(500) + tail)).tokens).toBe(60);
    expect(promptNote(17, 16)).toBe(
      'The prompt has 17 tokens and the model sees 16 at a time, so it goes on from the last 16 of them.',
    );
    expect(promptNote(16, 16)).toBeUndefined();
  });

  test('with characters that were never seen work', async () => {
    expect((await say({}, '한글 🐈 \u0000')).tokens).toBe(60);
  });
});

describe('ends', () => {
  test('at the length, which may be nothing', async () => {
    expect(await say({ max_new_tokens: 0 })).toMatchObject({ text: '', tokens: 0, reason: 'length' });
    expect(await say({ max_new_tokens: 1 })).toMatchObject({ tokens: 1, reason: 'length' });
  });

  test('at the stop text', async () => {
    const free = await say({ temp: 0, max_new_tokens: 200 });
    const stop = free.text.slice(20, 24);
    const stopped = await say({ temp: 0, max_new_tokens: 200, stop });
    expect(stopped.reason).toBe('stop');
    expect(stopped.tokens).toBeLessThan(200);
    expect(free.text.startsWith(stopped.text)).toBe(true);
  });
});

describe('scripts of many bytes', () => {
  // Learnt by heart, so that what comes out can be compared with what went in.
  const byHeart = tiny({ n_embd: 32, max_steps: 250, seq_len: 32, batch_size: 8, val_fraction: 0 });

  test.each([
    ['Korean', KOREAN, '다람쥐 '],
    ['emoji', EMOJI, '🐈 meows'],
    ['Windows line ends', WINDOWS, 'First line\r\n'],
  ])('%s comes out whole, in every piece', async (_, text, prompt) => {
    const { run } = await trained(engine, text, byHeart);
    const said = await say({ temp: 0, max_new_tokens: 150 }, prompt, run.model);
    for (const piece of said.pieces) expect(piece).not.toMatch(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/);
    expect(said.pieces.length).toBeGreaterThan(1);
    expect(said.text).not.toContain('\uFFFD');
    const known = new Set(text);
    const share = [...said.text].filter((c) => known.has(c)).length / [...said.text].length;
    expect(share).toBe(1);
    await run.delete();
  });

  test('bytes that are no UTF-8 show as U+FFFD', async () => {
    // A quarter of this text is broken on purpose: a lone 0xE2 between letters.
    const bytes = new TextEncoder().encode('aZbc'.repeat(300)).map((b) => (b === 0x5a ? 0xe2 : b));
    const { run } = await trained(engine, bytes, tiny({ max_steps: 150, val_fraction: 0 }));
    const said = await say({ temp: 0 }, 'a', run.model);
    expect(said.text).toMatch(/^\uFFFDbca\uFFFDbca/);
    await run.delete();
  });
});

test('generation does not depend on how it is sliced', async () => {
  const { generateText } = await import('../web/engine/index.ts');
  let whole = '';
  const options = sampleOptions({ ...tiny(), max_new_tokens: 60 });
  for await (const piece of generateText(engine, model, options, 'the ', { slice_ms: 1e6 }))
    whole += piece.text;
  expect((await say({})).text).toBe(whole);
  expect(makeCorpus(whole || ' ').bytes.length).toBeGreaterThan(0);
});
