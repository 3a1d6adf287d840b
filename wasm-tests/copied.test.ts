// What texts repeat of another one.

import fc from 'fast-check';
import { CopyFinder } from '../web/engine/copied.ts';
import { sharedEngine } from './helpers/engine.ts';
import { KOREAN, english } from './helpers/texts.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);

test('the share, the stretches and the passage', async () => {
  const source = 'Once upon a time there was a king. He had three daughters, and all of them were wise.';
  using finder = new CopyFinder(await sharedEngine(), utf8(source));
  const sample = 'XX there was a king. He had three sons, YY';
  const { share, stretches, longest } = finder.find(sample, 10);
  expect(stretches).toEqual([{ start: 2, end: 34 }]);
  expect(share).toBeCloseTo(32 / 42);
  expect(longest).toMatchObject({
    text: ' there was a king. He had three ',
    before: 'Once upon a time',
    after: 'daughters, and all of them were wise.',
    position: 16,
  });
});

test('positions are those of the string, in any script', async () => {
  using finder = new CopyFinder(await sharedEngine(), utf8(`🐈 ${KOREAN}`));
  const sample = `é🎉${KOREAN.slice(3, 40)}끝`;
  const { stretches, longest } = finder.find(sample);
  expect(stretches).toEqual([{ start: 3, end: 40 }]);
  expect(longest!.text).toBe(KOREAN.slice(3, 40));
  expect(KOREAN).toContain(longest!.text + longest!.after);
});

test('nothing is copied from another text', async () => {
  using finder = new CopyFinder(await sharedEngine(), utf8(english(5000)));
  expect(finder.find(KOREAN)).toEqual({ share: 0, stretches: [] });
  expect(finder.find('')).toEqual({ share: 0, stretches: [] });
});

test('every stretch stands in the text and is as long as it can be', async () => {
  const engine = await sharedEngine();
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '각', '🐈'), maxLength: 60 });
  fc.assert(
    fc.property(text, text, (source, sample) => {
      using finder = new CopyFinder(engine, utf8(source));
      const longest = finder.find(sample, 1).longest?.text ?? '';
      expect(source).toContain(longest);
      const all = [...sample].flatMap((_, i) =>
        [...sample].map((__, n) => [...sample].slice(i, i + n + 1).join('')),
      );
      const bytes = (piece: string) => utf8(piece).length;
      expect(bytes(longest)).toBe(Math.max(0, ...all.filter((piece) => source.includes(piece)).map(bytes)));
    }),
  );
});
