// Merges replayed: they end in the tokenizer's own tokens, and characters stay whole.

import { makeCorpus } from '../web/engine/corpus.ts';
import type { Tokenizer } from '../web/engine/core-objects.ts';
import { hexBytes, replay, splitText, wholeCharacters } from '../web/engine/merge-steps.ts';
import { sharedEngine } from './helpers/engine.ts';
import { EMOJI, KOREAN, RUSSIAN, english } from './helpers/texts.ts';

const TEXTS = [english(3000), KOREAN, EMOJI, RUSSIAN.repeat(20)];

async function learned(text: string, vocab_size = 400): Promise<Tokenizer> {
  using trainer = (await sharedEngine()).createBpeTrainer(makeCorpus(text), 0, vocab_size);
  while (trainer.advance(1000) < 1);
  return trainer.tokenizer();
}

test.each(TEXTS)('merges end in the tokens of the tokenizer: %#', async (text) => {
  using tokenizer = await learned(text);
  for (const sentence of [text.slice(0, 300), 'Another one, with 다람쥐 and 🐈.', ' ', '']) {
    const split = splitText(tokenizer, sentence);
    const states = replay(split);
    const bytes = new TextEncoder().encode(sentence);
    expect(states).toHaveLength(split.merges.length + 1);
    expect(states[0]!.map(({ id }) => id)).toEqual([...bytes]);
    expect(states.at(-1)!.map(({ id }) => id)).toEqual([...tokenizer.encode(sentence)]);
    states.forEach((state, i) => {
      expect(hexBytes(Uint8Array.from(state.flatMap((token) => [...token.bytes])))).toBe(hexBytes(bytes));
      if (i > 0) expect(state.length).toBeLessThan(states[i - 1]!.length);
    });
    const ids = split.merges.map(({ into }) => into.id);
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
    for (const { left, right, into } of split.merges)
      expect([...into.bytes]).toEqual([...left.bytes, ...right.bytes]);
  }
});

test('characters of several tokens stay together', async () => {
  using bytes = (await sharedEngine()).byteTokenizer();
  const groups = wholeCharacters(splitText(bytes, '한 a🐈').tokens);
  expect(groups.map(({ text, tokens }) => [text, tokens.length])).toEqual([
    ['한', 3],
    [' ', 1],
    ['a', 1],
    ['🐈', 4],
  ]);
  expect(groups[0]!.tokens.map((token) => hexBytes(token.bytes))).toEqual(['ed', '95', '9c']);
  expect(splitText(bytes, 'abc').merges).toEqual([]);
});

test('whole tokens are alone, and a text that ends inside a character is kept', async () => {
  using tokenizer = await learned(KOREAN);
  const groups = wholeCharacters(splitText(tokenizer, KOREAN.slice(0, 40)).tokens);
  expect(groups.map(({ text }) => text).join('')).toBe(KOREAN.slice(0, 40));
  expect(groups.some(({ tokens: [only, more] }) => more === undefined && only!.bytes.length > 3)).toBe(true);
  expect(wholeCharacters([{ id: 0xed, bytes: Uint8Array.of(0xed) }])).toEqual([
    { text: '⟨ed⟩', tokens: [{ id: 0xed, bytes: Uint8Array.of(0xed) }] },
  ]);
  // Bytes that are no UTF-8 hold nothing up.
  const odd = [0xff, 0x61].map((byte) => ({ id: byte, bytes: Uint8Array.of(byte) }));
  expect(wholeCharacters(odd).map(({ text }) => text)).toEqual(['⟨ff⟩', 'a']);
});
