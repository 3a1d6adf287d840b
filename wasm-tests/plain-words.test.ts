// The line in plain words: on real runs of a tiny model, and on values at the edges.

import { liveText } from '../web/engine/live-text.ts';
import { plainWords, type Measured } from '../web/engine/plain-words.ts';
import { RunRecorder } from '../web/engine/run-record.ts';
import { TextWords } from '../web/engine/word-statistics.ts';
import { sampleOptions } from '../web/engine/convert.ts';
import { defaults } from '../web/engine/options.ts';
import { sharedEngine, spoken, tiny, trained, trainedPastBest, type Trained } from './helpers/engine.ts';
import { english } from './helpers/texts.ts';

const TEXT = english(4000);

/** What is said of a run that has ended, from its events and a sample of its model. */
async function saidOf({ run, events }: Trained, text: string): Promise<string> {
  const options = sampleOptions({ ...defaults(), max_new_tokens: 240, seed: 1 });
  const sample = await spoken(await sharedEngine(), run.model, options, '');
  const recorder = new RunRecorder();
  recorder.began(0, true);
  for (const event of events) recorder.take(event);
  const { history } = recorder;
  const best = history.best();
  const last = events.at(-1)!;
  await run.delete();
  return plainWords({
    first_loss: history.train.find((loss) => loss !== null) ?? null,
    train_loss: last.train_loss,
    val_loss: history.val.findLast((loss) => loss !== null) ?? null,
    best_val_loss: best?.val ?? null,
    best_step: best?.step ?? 0,
    bits_per_byte: last.val_bits_per_byte ?? last.train_bits_per_byte,
    sample: new TextWords(text).statistics(liveText(sample.text, true)),
  });
}

describe('of a real run', () => {
  test.each([
    [2, /^It still guesses/],
    [60, /^It strings letters together: \d+ % of its words/],
    [400, /^It writes (words|phrases): \d+ %/],
  ])('after %i steps', async (max_steps, expected) => {
    const run = await trained(await sharedEngine(), TEXT, tiny({ max_steps, patience: 0 }));
    expect(await saidOf(run, TEXT)).toMatch(expected);
  });

  test('a run past its best step overfits, and the step and the share are those measured', async () => {
    const { whole, part, best } = await trainedPastBest(await sharedEngine());
    await part.run.delete();
    const said = await saidOf(whole, english(800));
    const losses = whole.events.flatMap((event) => (event.event === 'eval' ? [event.val_loss!] : []));
    const worse = Math.round(100 * (losses.at(-1)! / Math.min(...losses) - 1));
    expect(said).toContain(
      `It overfits: on new text it was best at step ${best} and is ${worse} % worse now.`,
    );
  });
});

describe('of measurements', () => {
  const MEASURED: Measured = {
    first_loss: 5.5,
    train_loss: 2,
    val_loss: 2,
    best_val_loss: 2,
    best_step: 100,
    bits_per_byte: 3,
    sample: { words: 40, known: 0.9, pairs: 0.3, quoted: 0 },
  };
  const said = (changed: Partial<Measured>): string => plainWords({ ...MEASURED, ...changed });
  const sampled = (changed: Partial<NonNullable<Measured['sample']>>): string =>
    said({ sample: { ...MEASURED.sample!, ...changed } });

  test('nothing is said before anything is measured', () => {
    expect(
      plainWords({
        first_loss: null,
        train_loss: null,
        val_loss: null,
        best_val_loss: null,
        best_step: 0,
        bits_per_byte: null,
        sample: undefined,
      }),
    ).toBe('');
  });

  test('each stage has its sentence', () => {
    expect(said({ train_loss: 5 })).toMatch(/^It still guesses/);
    expect(sampled({ words: 0, known: 0, pairs: 0 })).toMatch(/^It writes no words yet/);
    expect(sampled({ known: 0.4 })).toMatch(/^It strings letters together: 40 %/);
    expect(sampled({})).toMatch(/^It writes words: 90 % of them/);
    expect(sampled({ pairs: 0.75 })).toMatch(/^It writes phrases: 75 %/);
    expect(sampled({ pairs: 0.9, quoted: 0.7 })).toMatch(/^It starts to quote your text: 70 %/);
  });

  test('bits are told as choices', () => {
    expect(said({})).toContain('down to 8.0 of 256');
    expect(said({ bits_per_byte: 8 })).toContain('down to 256 of 256');
    expect(said({ bits_per_byte: null })).not.toContain('of 256');
  });

  test('a validation loss that moves by chance, or is below the training loss, is no overfitting', () => {
    expect(said({ val_loss: 2.05 })).not.toContain('overfits');
    expect(said({ val_loss: 2.4, train_loss: 2.5 })).not.toContain('overfits');
    expect(said({ val_loss: 2.4 })).toContain(
      'It overfits: on new text it was best at step 100 and is 20 % worse now. Stop here',
    );
  });
});

describe('the words of a sample', () => {
  const words = new TextWords(
    'The old king sees a dog.\nA dog follows the cat, and the cat forgets my aunt.',
  );

  test('are counted in any case and between any signs', () => {
    expect(words.statistics('THE king — a dog!')).toEqual({ words: 4, known: 1, pairs: 1 / 3, quoted: 0 });
    expect(words.statistics('xq zz dog')).toEqual({ words: 3, known: 1 / 3, pairs: 0, quoted: 0 });
    expect(words.statistics(' …\n')).toEqual({ words: 0, known: 0, pairs: 0, quoted: 0 });
  });

  test('eight copied words are a quotation, seven are none', () => {
    expect(words.statistics('a dog follows the cat and the zebra').quoted).toBe(0);
    expect(words.statistics('zebra: a dog follows the cat and the cat').quoted).toBe(8 / 9);
  });

  test('are characters where a script has no spaces', () => {
    const chinese = new TextWords('从前有一个老国王');
    expect(chinese.statistics('国王有老')).toEqual({ words: 4, known: 1, pairs: 1 / 3, quoted: 0 });
  });
});
