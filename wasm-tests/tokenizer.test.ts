// Tokenizers learned from a text: the same ids as Hugging Face's tokenizers, lossless decoding, and models that use them.

import { Tokenizer as Reference } from 'tokenizers';
import { modelConfig, sampleOptions } from '../web/engine/convert.ts';
import type { Tokenizer } from '../web/engine/core-objects.ts';
import { makeCorpus } from '../web/engine/corpus.ts';
import type { Engine } from '../web/engine/engine.ts';
import { learnTokenizer } from '../web/engine/learn-tokenizer.ts';
import type { Options } from '../web/engine/options.ts';
import { prepareResume, prepareTraining } from '../web/engine/prepare.ts';
import { bytesPerToken, tokenPieces } from '../web/engine/token-pieces.ts';
import { tokenizerJson } from '../web/engine/tokenizer-json.ts';
import { sharedEngine, spoken, tiny, trained } from './helpers/engine.ts';
import { expectExactResume } from './helpers/resume.ts';
import { EMOJI, KOREAN, WINDOWS, english } from './helpers/texts.ts';

let engine: Engine;
beforeAll(async () => (engine = await sharedEngine()));

/** A text to learn from, and another one in the same language to encode. */
const SCRIPTS: Record<string, [learned: string, heldOut: string]> = {
  Latin: [
    'The lighthouse keeper’s daughter didn’t believe in storms. She’d count the waves, 7 at a time, and say: “We’ll see.” ',
    "It's 1984, isn't it? They've gone; we'll follow. Déjà vu — naïve façades, Straße, 3½ miles… I'm sure you're right.",
  ],
  Cyrillic: [
    'Старый мост качался над рекой, и никто не знал, кто построил его. Говорили, что ему 300 лет, а может быть и больше. ',
    'Никто не помнил, когда построили старый дом у реки: в 1812 году или позже? «Позже», — сказал мост.',
  ],
  Han: [
    '山上有座老庙，庙里有口深井。井水很凉，老人每天早上打水，打了三十年。村里的人都说，井里住着一条龙。',
    '老人说：山下的村里也有一口井，水不凉，也没有龙。三十年了，井还在那里！',
  ],
  Hangul: [
    '바닷가 마을에는 오래된 등대가 있었다. 등대지기는 밤마다 불을 켜고, 파도 소리를 들으며 편지를 썼다. ',
    '등대지기가 쓴 편지는 파도를 타고 멀리 갔다. 2024년 밤, 마을 사람들은 그 편지를 읽었다.',
  ],
  Devanagari: [
    'पहाड़ के नीचे एक छोटा गाँव था, जहाँ हर सुबह घंटी बजती थी। लोग कहते थे कि घंटी १०० साल पुरानी है। ',
    'गाँव की घंटी हर शाम भी बजती थी, पर १०० साल में किसी ने उसे बजते नहीं देखा।',
  ],
  Arabic: [
    'كان في القرية بئر قديمة، يشرب منها الناس كل صباح. قال الشيخ إن عمرها ٣٠٠ سنة، ولم يصدقه أحد. ',
    'قال أهل القرية: البئر قديمة جدا، عمرها ٤٠٠ سنة أو أكثر! ولم يشرب منها الشيخ.',
  ],
};

const ODD_SPACES = 'a  b\t\tc \n\n d\u00a0e\u3000\u3000f\u2028g\u0085h\ufeffi \r\n\r\n  j   ';

function learn(text: string, vocab_size = 400): Promise<Tokenizer> {
  return learnTokenizer(engine, { tokenizer: 'bpe', vocab_size, val_fraction: 0 }, makeCorpus(text));
}

function decoded(tokenizer: Tokenizer, ids: Iterable<number>): Uint8Array {
  return new Uint8Array(Array.from(ids).flatMap((id) => [...tokenizer.decode(id)]));
}

async function referenceIds(json: string, text: string): Promise<number[]> {
  const encoding = await Reference.fromString(json).encode(text, null, { addSpecialTokens: false });
  return encoding.getIds();
}

describe('the same ids as Hugging Face’s tokenizers', () => {
  test.each(Object.entries(SCRIPTS))('on a held-out text in %s', async (_, [learned, heldOut]) => {
    using tokenizer = await learn(learned.repeat(20));
    expect(tokenizer.vocabSize()).toBeGreaterThan(300);
    const json = tokenizerJson(tokenizer.merges());
    for (const text of [heldOut, learned, heldOut + EMOJI + ODD_SPACES + WINDOWS])
      expect([...tokenizer.encode(text)]).toEqual(await referenceIds(json, text));
    expect(bytesPerToken(tokenizer, new TextEncoder().encode(heldOut))).toBeGreaterThan(1.1);
  });

  test('on all scripts with one vocabulary, which also decodes to the text', async () => {
    const all = Object.values(SCRIPTS);
    using tokenizer = await learn(
      all
        .map(([learned]) => learned)
        .join('')
        .repeat(5),
      1500,
    );
    const json = tokenizerJson(tokenizer.merges());
    const text = all.map(([, heldOut]) => heldOut).join('\n');
    const ids = [...tokenizer.encode(text)];
    expect(ids).toEqual(await referenceIds(json, text));
    expect(await Reference.fromString(json).decode(ids, false)).toBe(text);
  });

  test('on random Unicode characters', async () => {
    using tokenizer = await learn(KOREAN + english(5000) + EMOJI, 700);
    const json = tokenizerJson(tokenizer.merges());
    let seed = 1;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return Math.floor((seed / 2 ** 32) * below);
    };
    // All current versions of Unicode agree on these ranges; elsewhere, later versions assign letters to free code points.
    const ranges = [
      [0, 0x250],
      [0x250, 0x700],
      [0x900, 0x980],
      [0x2000, 0x2c00],
      [0x3000, 0xd7a4],
      [0x1f300, 0x1f6d0],
    ] as const;
    for (let i = 0; i < 100; i++) {
      const text = Array.from({ length: 60 }, () => {
        const [low, high] = ranges[random(ranges.length)]!;
        return random(3) === 0 ? ' ' : String.fromCodePoint(low + random(high - low));
      }).join('');
      expect([...tokenizer.encode(text)]).toEqual(await referenceIds(json, text));
    }
  });

  test('without merges, where tokens are bytes', async () => {
    using tokenizer = engine.byteTokenizer();
    const text = SCRIPTS['Hangul']![1] + ODD_SPACES;
    expect([...tokenizer.encode(text)]).toEqual([...new TextEncoder().encode(text)]);
    expect(await referenceIds(tokenizerJson([]), text)).toEqual([...tokenizer.encode(text)]);
  });
});

describe('a tokenizer', () => {
  test('decodes to the encoded bytes, whatever they are', async () => {
    using tokenizer = await learn(english(5000) + KOREAN, 600);
    for (let seed = 0; seed < 50; seed++) {
      const noise = Uint8Array.from({ length: 300 }, (_, i) => Math.imul(i * 77 + seed, 2654435761) >>> 24);
      expect(decoded(tokenizer, tokenizer.encode(noise))).toEqual(noise);
    }
  });

  test('is the same if learned again from the same text, and its progress is reported', async () => {
    const corpus = makeCorpus(english(300_000) + KOREAN);
    const options = { tokenizer: 'bpe', vocab_size: 600, val_fraction: 0 } as const;
    const told: number[] = [];
    using one = await learnTokenizer(engine, options, corpus, (done) => told.push(done));
    using other = await learnTokenizer(engine, options, corpus);
    expect(other.merges()).toEqual(one.merges());
    expect(told.at(-1)).toBe(1);
    expect(told).toEqual([...told].sort((a, b) => a - b));
  });

  test('is not learned from the validation part of the text', async () => {
    const corpus = makeCorpus(`${english(8000)}${'zqzqzq '.repeat(200)}`);
    const shares = [0.2, 0].map(
      (val_fraction) => ({ tokenizer: 'bpe', vocab_size: 400, val_fraction }) as const,
    );
    const [without, withAll] = await Promise.all(shares.map((o) => learnTokenizer(engine, o, corpus)));
    const knows = (t: Tokenizer): boolean => t.merges().some(([a, b]) => a === 0x7a && b === 0x71);
    expect([knows(without!), knows(withAll!)]).toEqual([false, true]);
    without!.delete();
    withAll!.delete();
  });

  test('is shown in pieces, in which partial characters appear as bytes in hexadecimal', async () => {
    using tokenizer = engine.byteTokenizer();
    expect(tokenPieces(tokenizer, 'aé')).toEqual([
      { id: 97, text: 'a', bytes: 1 },
      { id: 0xc3, text: '⟨c3⟩', bytes: 1 },
      { id: 0xa9, text: '⟨a9⟩', bytes: 1 },
    ]);
    using learned = await learn('é is é and é');
    expect(tokenPieces(learned, 'é')).toEqual([{ id: 256, text: 'é', bytes: 2 }]);
  });
});

describe('a model with its own vocabulary', () => {
  const TEXT = english(6000);
  const options = tiny({ tokenizer: 'bpe', vocab_size: 300, max_steps: 60 });

  test('learns, reports its loss also in bits per byte, and generates tokens', async () => {
    const { run, end } = await trained(engine, TEXT, options);
    expect(end).toMatchObject({ event: 'done', reason: 'max_steps' });
    const tokenizer = run.model.tokenizer();
    expect(run.model.config().vocab_size).toBe(300);
    // A token of this text has about three bytes, so the loss per byte is lower than per token.
    const bits = (end.val_loss as number) / Math.LN2;
    const length = bytesPerToken(tokenizer, new TextEncoder().encode(TEXT));
    expect(length).toBeGreaterThan(2);
    expect(end.val_bits_per_byte).toBeGreaterThan((0.8 * bits) / length);
    expect(end.val_bits_per_byte).toBeLessThan((1.25 * bits) / length);
    expect(end.train_bits_per_byte).toBeLessThan(8);
    const { text, tokens } = await spoken(
      engine,
      run.model,
      sampleOptions(tiny({ max_new_tokens: 40 })),
      'the cat',
    );
    expect(tokens).toBe(40);
    expect(text.length).toBeGreaterThan(60);
    await run.delete();
  });

  test('keeps its vocabulary when saved, opened and resumed', async () => {
    const { run } = await trained(engine, TEXT, { ...options, stop_at_step: 20 });
    const file = run.save();
    const info = engine.checkpointInfo(file);
    expect(info).toMatchObject({ tokenizer: 'bpe', vocab_size: 300, merges: run.model.tokenizer().merges() });
    expect(info.val_bits_per_byte).toBe(run.progress.val_bits_per_byte);
    using model = engine.loadModel(file);
    expect(model.tokenizer().merges()).toEqual(run.model.tokenizer().merges());
    const say = { ...sampleOptions(tiny({ max_new_tokens: 30 })) };
    expect((await spoken(engine, model, say, 'a dog')).text).toBe(
      (await spoken(engine, run.model, say, 'a dog')).text,
    );
    const resumed = prepareResume(engine, file, {}, makeCorpus(TEXT));
    expect(resumed.options).toMatchObject({ tokenizer: 'bpe', vocab_size: 300 });
    resumed.trainer.delete();
    await run.delete();
    const begin = (given: Partial<Options>) => trained(engine, TEXT, { ...options, ...given });
    await expectExactResume(begin, engine, makeCorpus(TEXT), 20);
  });

  test('refuses another tokenizer when resumed', async () => {
    const { run } = await trained(engine, TEXT, { ...options, stop_at_step: 5 });
    const resume = (given: object): unknown => prepareResume(engine, run.save(), given, makeCorpus(TEXT));
    expect(() => resume({ tokenizer: 'byte' })).toThrow(/tokenizer .* is bpe in the saved model/);
    expect(() => resume({ vocab_size: 512 })).toThrow(/vocab_size .* is 300 in the saved model/);
    await run.delete();
  });

  test('a text with fewer pairs than requested gets a smaller vocabulary, and a note says so', async () => {
    const few = 'one two one two one two one two one two '.repeat(3);
    const { run } = await trained(engine, few, tiny({ tokenizer: 'bpe', vocab_size: 1000, max_steps: 2 }));
    const found = run.model.config().vocab_size;
    expect(found).toBeLessThan(270);
    expect(run.options.vocab_size).toBe(found);
    expect(run.notes).toContain(
      `No more pairs of tokens occur twice in the text, so its vocabulary has ${found} tokens instead of 1000.`,
    );
    await run.delete();
  });

  test('a text with too few tokens for the context is refused with both numbers', async () => {
    const few = makeCorpus('one two '.repeat(8));
    await expect(prepareTraining(engine, tiny({ tokenizer: 'bpe', seq_len: 60 }), few)).rejects.toThrow(
      /has \d+ tokens, too few for a context of 60/,
    );
  });

  test('has more parameters with a larger vocabulary', () => {
    const parameters = (vocab_size: number): number =>
      engine.countParameters(modelConfig(tiny({ tokenizer: 'bpe', vocab_size })));
    expect(parameters(1000) - parameters(500)).toBe(500 * 16);
    expect(modelConfig(tiny({ tokenizer: 'byte', vocab_size: 1000 })).vocab_size).toBe(256);
  });
});
