import { modelConfig, sampleOptions, trainOptions } from '../web/engine/convert.ts';
import type { Model } from '../web/engine/core-objects.ts';
import { makeCorpus } from '../web/engine/corpus.ts';
import type { Engine } from '../web/engine/engine.ts';
import { promptNote, type GeneratedSample } from '../web/engine/generate.ts';
import type { Options } from '../web/engine/options.ts';
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
  test('gives the same text, another seed another text', async () => {
    const once = await say({});
    expect(await say({})).toMatchObject({ text: once.text, tokens: 60, reason: 'length' });
    expect((await say({ seed: 8 })).text).not.toBe(once.text);
  });

  test('does not matter to greedy generation', async () => {
    expect((await say({ temp: 0, seed: 1 })).text).toBe((await say({ temp: 0, seed: 2 })).text);
    expect((await say({ top_k: 1, seed: 1 })).text).toBe((await say({ temp: 0, seed: 2 })).text);
  });

  test('gives the same text with and without the cache, also beyond the context', async () => {
    for (const values of [{}, { temp: 0 }, { temp: 2, top_k: 0 }, { top_p: 0.7 }])
      expect((await say({ ...values, cache: false })).text).toBe(
        (await say({ ...values, cache: true })).text,
      );
  });
});

describe('int8 weights', () => {
  test('generate the same first characters as float32 weights when greedy', async () => {
    const plain = await say({ temp: 0, max_new_tokens: 200 });
    const rounded = await say({ temp: 0, max_new_tokens: 200, int8: true });
    expect(rounded.tokens).toBe(200);
    expect(rounded.text.slice(0, 10)).toBe(plain.text.slice(0, 10));
  });

  test('give the same text with and without the cache, also beyond the context', async () => {
    for (const values of [{}, { temp: 0 }, { temp: 2, top_k: 0 }])
      expect((await say({ ...values, int8: true, cache: false })).text).toBe(
        (await say({ ...values, int8: true })).text,
      );
  });

  test('leave the model unchanged', async () => {
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

  test('one token too long: its end is continued, and a note says so', async () => {
    const tail = 'the old king see';
    expect(tail).toHaveLength(16);
    expect((await say({}, english(500) + tail)).tokens).toBe(60);
    expect(promptNote(17, 16)).toBe(
      'The prompt has 17 tokens and the model sees 16 at once, so it continues the last 16 of them.',
    );
    expect(promptNote(16, 16)).toBeUndefined();
  });

  test('may contain characters that the model has never seen', async () => {
    expect((await say({}, '한글 🐈 \u0000')).tokens).toBe(60);
  });
});

describe('the end', () => {
  test('comes at the given length, which may be 0', async () => {
    expect(await say({ max_new_tokens: 0 })).toMatchObject({ text: '', tokens: 0, reason: 'length' });
    expect(await say({ max_new_tokens: 1 })).toMatchObject({ tokens: 1, reason: 'length' });
  });

  test('comes before the stop text', async () => {
    const free = await say({ temp: 0, max_new_tokens: 200 });
    const stop = free.text.slice(20, 24);
    const stopped = await say({ temp: 0, max_new_tokens: 200, stop: [stop] });
    expect(stopped.reason).toBe('stop');
    expect(stopped.tokens).toBeLessThan(200);
    expect(free.text.startsWith(stopped.text)).toBe(true);
  });
});

describe('several stop texts', () => {
  test('end the text at the earliest, and a line feed may be one', async () => {
    const free = await say({ max_new_tokens: 400 });
    const at = free.text.indexOf('\n');
    expect(at).toBeGreaterThan(2);
    const stop = ['never generated', free.text.slice(at + 5, at + 9), '\n'];
    expect(await say({ max_new_tokens: 400, stop })).toMatchObject({
      text: free.text.slice(0, at),
      reason: 'stop',
    });
    const sooner = free.text.slice(0, at).slice(-2);
    const stopped = await say({ max_new_tokens: 400, stop: [...stop, sooner] });
    expect(stopped.text).toBe(free.text.slice(0, free.text.indexOf(sooner)));
  });

  test('may contain multi-byte characters', async () => {
    const { run } = await trained(engine, EMOJI, tiny({ n_embd: 32, max_steps: 250, seq_len: 32 }));
    const free = await say({ temp: 0, max_new_tokens: 300 }, '🐈 meows', run.model);
    const emoji = /\p{Emoji_Presentation}/u.exec(free.text)![0];
    const stopped = await say({ temp: 0, max_new_tokens: 300, stop: ['½½', emoji] }, '🐈 meows', run.model);
    expect(stopped).toMatchObject({ text: free.text.slice(0, free.text.indexOf(emoji)), reason: 'stop' });
    await run.delete();
  });
});

describe('min-p and the repetition penalty', () => {
  test('min-p 1 keeps only the likeliest token', async () => {
    expect((await say({ temp: 2, top_k: 0, min_p: 1 })).text).toBe((await say({ temp: 0 })).text);
  });

  test('change the text, in the same way with and without the cache', async () => {
    const values = { temp: 1.5, top_k: 0 };
    const plain = (await say(values)).text;
    for (const more of [{ min_p: 0.3 }, { repetition_penalty: 1.5 }]) {
      const { text } = await say({ ...values, ...more });
      expect(text).not.toBe(plain);
      expect((await say({ ...values, ...more, cache: false })).text).toBe(text);
    }
  });

  test('a high penalty prevents repeated characters within the context', async () => {
    const { text } = await say({ temp: 0, repetition_penalty: 10 });
    for (let i = 8; i < text.length; i++) expect(text.slice(i - 7, i)).not.toContain(text[i]);
  });
});

describe('several samples at once', () => {
  test('are different texts, which do not depend on the number of samples', async () => {
    const { samples } = await say({ n: 5 });
    expect(new Set(samples.map(({ text }) => text)).size).toBe(5);
    expect(samples.every(({ tokens, reason }) => tokens === 60 && reason === 'length')).toBe(true);
    expect((await say({ n: 3 })).samples).toEqual(samples.slice(0, 3));
    expect((await say({})).text).toBe(samples[0]!.text);
  });

  test.each([{ cache: false }, { int8: true }, { int8: true, cache: false }])(
    'are the same texts with %j',
    async (values) => {
      const { samples } = await say({ n: 4, int8: values.int8 ?? false });
      expect((await say({ n: 4, ...values })).samples).toEqual(samples);
    },
  );

  test('end one by one', async () => {
    const whole = await say({ n: 4 });
    const stop = [whole.samples[2]!.text.slice(5, 8)];
    const { samples } = await say({ n: 4, stop });
    expect(samples[2]!.reason).toBe('stop');
    for (const [i, { text }] of whole.samples.entries())
      expect(samples[i]!.text).toBe(text.split(stop[0]!)[0]);
  });

  test('are refused if their keys and values do not fit in memory', async () => {
    // 64 samples need 2^32 floats, a number that overflows to 0 in 32 bits.
    const long = tiny({ n_layer: 64, n_head: 1, n_embd: 64, seq_len: 8192, val_fraction: 0 });
    const corpus = makeCorpus(english(9000));
    using trainer = engine.createTrainer(modelConfig(long), trainOptions(long), corpus);
    const many = sampleOptions({ ...long, n: 64 });
    expect(() => engine.createGenerator(trainer.model(), many, '')).toThrow(
      /^There is not enough memory for this; .* or fewer samples\.$/,
    );
    expect((await say({ n: 2 })).samples).toHaveLength(2);
  });

  test('can be aborted together', async () => {
    const { generateText, withPiece } = await import('../web/engine/index.ts');
    const control = new AbortController();
    const options = sampleOptions({ ...tiny(), max_new_tokens: 1_000_000, n: 3 });
    let samples: GeneratedSample[] = [];
    for await (const piece of generateText(engine, model, options, '', {
      slice_ms: 0,
      signal: control.signal,
    })) {
      samples = withPiece(samples, piece);
      if (piece.tokens >= 30) control.abort();
    }
    expect(samples.map(({ reason }) => reason)).toEqual(['aborted', 'aborted', 'aborted']);
    expect(new Set(samples.map(({ tokens }) => tokens)).size).toBe(1);
  });
});

describe('multi-byte scripts', () => {
  // The model memorizes the text, so that its output can be compared with it.
  const byHeart = tiny({ n_embd: 32, max_steps: 250, seq_len: 32, batch_size: 8, val_fraction: 0 });

  test.each([
    ['Korean', KOREAN, '다람쥐 '],
    ['emoji', EMOJI, '🐈 meows'],
    ['Windows line ends', WINDOWS, 'First line\n'],
  ])('%s: every piece ends between characters', async (_, text, prompt) => {
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

  test('invalid UTF-8 is never generated, even if the model has learned it', async () => {
    // A quarter of this text is invalid on purpose: a lone 0xE2 between letters.
    const bytes = new TextEncoder().encode('aZbc'.repeat(300)).map((b) => (b === 0x5a ? 0xe2 : b));
    const corpus = { ...makeCorpus('aZbc'), bytes };
    const { run } = await trained(engine, corpus, tiny({ max_steps: 150, val_fraction: 0 }));
    const said = await say({ temp: 0 }, 'a', run.model);
    expect(said.text).not.toContain('\uFFFD');
    expect(said.tokens).toBeGreaterThan(10);
    await run.delete();
  });
});

test('the text does not depend on the length of a slice', async () => {
  const { generateText } = await import('../web/engine/index.ts');
  let whole = '';
  const options = sampleOptions({ ...tiny(), max_new_tokens: 60 });
  for await (const piece of generateText(engine, model, options, 'the ', { slice_ms: 1e6 }))
    whole += piece.samples[0]!.text;
  expect((await say({})).text).toBe(whole);
  expect(makeCorpus(whole || ' ').bytes.length).toBeGreaterThan(0);
});
