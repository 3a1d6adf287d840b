// How long a recipe takes until it knows a text as well as somebody asks.

import type { Corpus } from '../corpus.ts';
import type { Engine } from '../engine.ts';
import { nextTurn } from '../next-turn.ts';
import type { Options } from '../options.ts';
import { prepareTraining } from '../prepare.ts';
import { WHOLE, median } from './timed.ts';

/** How often a run looks at the whole validation part: each look is as dear as many steps. */
const LOOKS = 40;

export interface TimeTo {
  recipe: string;
  seed: number;
  /** Whether the loss fell below the mark; if not, the other figures are those of the recipe's end. */
  reached: boolean;
  step: number;
  /** Of getting ready, the vocabulary included, and of training; looking is not counted. */
  seconds: number;
  /** Nats a byte, over the whole validation part. */
  val_loss: number;
}

/** Trains until the validation loss falls below `mark` nats a byte, or to the recipe's end. */
export async function timeTo(
  engine: Engine,
  { recipe, options }: { recipe: string; options: Options },
  corpus: Corpus,
  mark: number,
  watch: (step: number, val_loss: number) => void = () => undefined,
): Promise<TimeTo> {
  const looks = { eval_every: Math.ceil(options.max_steps / LOOKS), eval_batches: 0 };
  const began = performance.now();
  const prepared = await prepareTraining(engine, { ...options, ...looks }, corpus);
  let spent = performance.now() - began;
  using trainer = prepared.trainer;
  for (let val_loss = NaN; ; await nextTurn()) {
    const start = performance.now();
    const event = trainer.advance(WHOLE);
    if (event.kind === 'failed') throw new Error(event.message);
    if (event.kind === 'step') spent += performance.now() - start;
    if (event.kind === 'eval') {
      val_loss = event.val_bits_per_byte * Math.LN2;
      watch(event.step, val_loss);
    }
    const reached = val_loss < mark;
    if (reached || event.kind === 'done')
      return { recipe, seed: options.seed, reached, step: event.step, seconds: spent / 1000, val_loss };
  }
}

export interface TimeToSummary {
  recipe: string;
  seeds: number;
  /** How many of the seeds' runs fell below the mark. */
  reached: number;
  /** Medians over the seeds. */
  step: number;
  seconds: number;
  val_loss: number;
}

/** One line for each recipe, in the order in which they first come. */
export function summaries(runs: readonly TimeTo[]): TimeToSummary[] {
  return [...new Set(runs.map(({ recipe }) => recipe))].map((recipe) => {
    const same = runs.filter((run) => run.recipe === recipe);
    const middle = (figure: 'step' | 'seconds' | 'val_loss'): number =>
      median(same.map((run) => run[figure]));
    return {
      recipe,
      seeds: same.length,
      reached: same.filter(({ reached }) => reached).length,
      step: middle('step'),
      seconds: middle('seconds'),
      val_loss: middle('val_loss'),
    };
  });
}
