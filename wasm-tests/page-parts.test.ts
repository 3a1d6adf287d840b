// Parts of the page and its worker that need no browser.

import { textDifference } from '../web/engine/text-difference.ts';
import type { GeneratedPiece } from '../web/engine/generate.ts';
import { blockEnd } from '../web/app/lib/growing-text.ts';
import { liveText } from '../web/engine/live-text.ts';
import { LossHistory } from '../web/engine/loss-history.ts';
import { tickLabels } from '../web/engine/format.ts';
import { statusOf, titleOf } from '../web/app/state/status.ts';
import { Exclusive } from '../web/worker/exclusive.ts';
import { Generation } from '../web/worker/throttle.ts';

describe('the shown text of a live sample', () => {
  test.each([
    ['\n\n\nCall me\n\n \nIshmael.\n', 'Call me\nIshmael.'],
    ['\n'.repeat(30), ''],
    ['  \n  indented stays\n', '  indented stays'],
    ['one whole line\nanother line\nthe third is c', 'one whole line\nanother line'],
    ['short\na long last line that was cut off somewh', 'short\na long last line that was cut off …'],
    ['ACGTACGTACGT', 'ACGTACGTACGT …'],
    ['\r\n\r\ncarriage\r\n\r\nreturns\r\n', 'carriage\nreturns'],
  ])('%j', (text, shown) => expect(liveText(text, true)).toBe(shown));

  test('keeps the end of a sample that is still growing', () => {
    expect(liveText('\n\nfirst\nsecond l', false)).toBe('first\nsecond l');
  });
});

describe('the ticks of a chart', () => {
  test.each([
    [[0.001, 0.0011, 0.0012], 0.0001, ['0.0010', '0.0011', '0.0012']],
    [[2, 2.25, 2.5], 0.25, ['2.00', '2.25', '2.50']],
    [[0, 2e-7], 2e-7, ['0.0000000', '0.0000002']],
    [[0, 5000, 10_000], 5000, ['0', '5,000', '10,000']],
    [[0, 500_000, 1_000_000], 500_000, ['0', '500K', '1M']],
  ])('%j every %d', (ticks, step, labels) => expect(tickLabels(ticks, step)).toEqual(labels));

  test('are distinct in every range', () => {
    for (const from of [0, 1, 999_999, 1_234_567, 9_999_990])
      for (const step of [1, 2, 5, 10, 100, 1000, 100_000, 0.5, 0.001, 1e-9]) {
        const ticks = [0, 1, 2, 3, 4].map((i) => from + i * step);
        expect(new Set(tickLabels(ticks, step)).size).toBe(new Set(ticks).size);
      }
  });
});

describe('blocks of a long text', () => {
  test('end with a line, else at a space, else between two characters', () => {
    expect(blockEnd(0, 'short\n')).toBeUndefined();
    expect(blockEnd(2000, 'end\nmore')).toBe(4);
    expect(blockEnd(0, `${'word '.repeat(2000)}`)).toBe(8000);
    const end = blockEnd(1, '🙂'.repeat(5000))!;
    expect(end % 2).toBe(0);
    expect(blockEnd(7999, 'x')).toBe(1);
  });

  test('together hold the whole text, in blocks of at most 8,001 characters', () => {
    for (const text of ['a\n'.repeat(9000), 'ACGT'.repeat(9000), 'many words '.repeat(3000)]) {
      let [rest, blocks] = [text, [] as string[]];
      for (let end; rest !== '' && (end = blockEnd(0, rest)) !== undefined; rest = rest.slice(end))
        blocks.push(rest.slice(0, end));
      blocks = [...blocks, rest];
      expect(blocks.join('')).toBe(text);
      expect(Math.max(...blocks.map(({ length }) => length))).toBeLessThanOrEqual(8001);
    }
  });
});

test('the loss curve continues from the step that training continues from', () => {
  const history = new LossHistory();
  for (let step = 1; step <= 10; step++) history.addStep(step, 1 / step);
  history.cutAfter(7);
  history.addStep(8, 0.5);
  expect(history.steps).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(history.train.at(-1)).toBe(0.5);
});

describe('what differs between two texts', () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  test.each([
    ['a\r\nb\r\n', 'a\nb\n', 'only its line ends are others'],
    ['\uFEFFab', 'ab', 'only the byte order mark at its beginning is another'],
    ['one\ntwo\nthree', 'one\ntwo\nThree', 'they differ from byte 9 (line 3) on'],
    ['one', 'one more', 'it goes on after byte 3 (line 1), where the other ended'],
    ['one more', 'one', 'it ends after byte 3 (line 1), where the other went on'],
  ])('%j and %j', (before, now, said) => expect(textDifference(bytes(before), bytes(now))).toBe(said));
});

describe('the worker', () => {
  const piece = (done = false): GeneratedPiece => ({ samples: [], tokens: 0, tokens_per_s: 0, done });

  test('refuses a second change until the first has ended or failed', async () => {
    const exclusive = new Exclusive();
    let end: () => void = () => undefined;
    const first = exclusive.run('The first', () => new Promise<void>((resolve) => (end = resolve)));
    await expect(exclusive.run('The second', async () => undefined)).rejects.toThrow(
      'The first is under way; try again once that is over.',
    );
    end();
    await first;
    await expect(exclusive.run('The third', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(exclusive.run('The fourth', async () => 4)).resolves.toBe(4);
  });

  test('sends at most four pieces that the page has not shown', async () => {
    const posted: GeneratedPiece[] = [];
    const generation = new Generation<GeneratedPiece>(1, (next) => posted.push(next));
    const unending = async function* (): AsyncGenerator<GeneratedPiece> {
      while (!generation.signal.aborted) yield piece();
      yield piece(true);
    };
    const turns = async (): Promise<void> => {
      for (let i = 0; i < 50; i++) await Promise.resolve();
    };
    const running = generation.run(unending());
    await turns();
    expect(posted).toHaveLength(4);
    generation.shown(2);
    await turns();
    expect(posted).toHaveLength(6);
    await generation.end();
    expect(posted).toHaveLength(7);
    await running;
  });
});

describe('the status of a run', () => {
  const progress = { step: 154, max_steps: 350, weights_step: 100 } as never;
  const end = { reason: 'patience' } as never;
  const choice = { best: 100, last: 154 };
  const run = { stage: 'done', learned: undefined, progress, end, choice } as const;

  test('tells that it ended early', () => {
    expect(statusOf(run, undefined, '')).toBe(
      'Stopped early: no improvement since step 100; its weights were restored.',
    );
    const last = { ...(progress as object), weights_step: 154 } as never;
    expect(statusOf({ ...run, progress: last }, undefined, '')).toBe(
      'Stopped early: no improvement since step 100; the weights of the last step (154) are in use.',
    );
  });

  test('is in the title of the tab', () => {
    expect(titleOf({ stage: 'idle', progress: undefined, end: undefined }, 'mini-llm')).toBe('mini-llm');
    expect(titleOf({ stage: 'running', progress, end: undefined }, 'mini-llm')).toBe('44 % · mini-llm');
    expect(titleOf({ stage: 'paused', progress, end: undefined }, 'mini-llm')).toBe(
      'Paused at 44 % · mini-llm',
    );
    expect(titleOf({ stage: 'done', progress, end: undefined }, 'mini-llm')).toBe('Done · mini-llm');
    expect(titleOf({ stage: 'done', progress, end }, 'mini-llm')).toBe('Stopped early at 44 % · mini-llm');
  });
});
