import { makeCorpus, requireLength } from '../web/engine/corpus.ts';
import { prepareTraining } from '../web/engine/prepare.ts';
import { sharedEngine, tiny, trained } from './helpers/engine.ts';
import { EMOJI, KOREAN, english } from './helpers/texts.ts';

describe('a text', () => {
  test('is stored as UTF-8 bytes and identified by their SHA-256', () => {
    const corpus = makeCorpus('abc');
    expect([...corpus.bytes]).toEqual([97, 98, 99]);
    expect(corpus.sha256).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  test.each([
    ['Korean', KOREAN],
    ['emoji', EMOJI],
    ['a tab and a form feed', 'a\tb\fc'],
  ])('may be %s', (_, text) => {
    expect(new TextDecoder().decode(makeCorpus(text).bytes)).toBe(text);
  });
});

describe('refused with a sentence', () => {
  test('an empty text', () => {
    expect(() => makeCorpus('', 'notes.txt')).toThrow('notes.txt is empty; there is nothing to learn from.');
  });

  test('a file that is not in UTF-8, without detection of its encoding', () => {
    expect(() => makeCorpus(Uint8Array.from([0x63, 0x61, 0x66, 0xe9]), 'menu.txt')).toThrow(
      'menu.txt does not look like text: it is not in UTF-8.',
    );
  });

  test('a text shorter than the context, with the number needed', () => {
    expect(() => requireLength(makeCorpus('x'.repeat(16)), 16)).toThrow(
      /has only 16 bytes, but a context \(seq_len\) of 16 needs at least 17; .* at most 15/,
    );
    expect(() => requireLength(makeCorpus('x'.repeat(17)), 16)).not.toThrow();
  });

  test('a text too large for the memory, with the numbers', async () => {
    const engine = await sharedEngine();
    const corpus = makeCorpus('words and words '.repeat(1 << 16));
    await expect(prepareTraining(engine, tiny(), corpus, { memoryLimit: 1e6 })).rejects.toThrow(
      /would need about .* MB of memory and 1 MB are available; use a shorter text/,
    );
  });

  test('a model too large for the memory, before anything is made', async () => {
    const engine = await sharedEngine();
    const before = engine.heapBytes();
    const huge = tiny({ n_layer: 64, n_embd: 4096, n_head: 64, seq_len: 1024, batch_size: 64 });
    await expect(prepareTraining(engine, huge, makeCorpus(english(5000)))).rejects.toThrow(
      /GB of memory .* smaller batch_size/,
    );
    expect(engine.heapBytes()).toBe(before);
  });
});

describe('short texts', () => {
  test('a validation part shorter than the context is left out, with a note', async () => {
    const engine = await sharedEngine();
    const { run, end, events } = await trained(engine, english(60), tiny({ max_steps: 3 }));
    expect(end.event).toBe('done');
    expect(events.filter((e) => e.event === 'eval')).toEqual([]);
    expect(run.notes.join(' ')).toMatch(/validation/);
    expect(events[0]).toMatchObject({ event: 'note', message: run.notes[0] });
    expect(end.val_loss).toBeNull();
    await run.delete();
  });

  test('the shortest possible text trains', async () => {
    const engine = await sharedEngine();
    const { run, end } = await trained(engine, english(17), tiny({ max_steps: 3 }));
    expect(end).toMatchObject({ event: 'done', step: 3 });
    await run.delete();
  });
});
