// The time that a preset takes to reach a validation loss.

import type { Corpus } from '../corpus.ts';
import type { Engine } from '../engine.ts';
import { nextTurn } from '../event-loop.ts';
import type { Options } from '../options.ts';
import { prepareTraining } from '../prepare.ts';
import { UNLIMITED_MS, median } from './timed.ts';

/** Validations per run. Each covers the whole validation part and takes as long as many training steps. */
const VALIDATIONS = 40;

export interface TimeTo {
  preset: string;
  seed: number;
  /** Whether the loss fell below the target; if not, the other figures are those of the run's end. */
  reached: boolean;
  step: number;
  /** Preparation, including the vocabulary, and training; without validation. */
  seconds: number;
  /** Nats per byte, over the whole validation part. */
  val_loss: number;
}

/** Trains until the validation loss falls below `target` nats per byte, or to the end of the run. */
export async function timeTo(
  engine: Engine,
  { preset, options }: { preset: string; options: Options },
  corpus: Corpus,
  target: number,
  watch: (step: number, val_loss: number) => void = () => undefined,
): Promise<TimeTo> {
  const validation = { eval_every: Math.ceil(options.max_steps / VALIDATIONS), eval_batches: 0 };
  const began = performance.now();
  const prepared = await prepareTraining(engine, { ...options, ...validation }, corpus);
  let spent = performance.now() - began;
  using trainer = prepared.trainer;
  for (let val_loss = NaN; ; await nextTurn()) {
    const start = performance.now();
    const event = trainer.advance(UNLIMITED_MS);
    if (event.kind === 'failed') throw new Error(event.message);
    if (event.kind === 'step') spent += performance.now() - start;
    if (event.kind === 'eval') {
      val_loss = event.val_bits_per_byte * Math.LN2;
      watch(event.step, val_loss);
    }
    const reached = val_loss < target;
    if (reached || event.kind === 'done')
      return { preset, seed: options.seed, reached, step: event.step, seconds: spent / 1000, val_loss };
  }
}

export interface TimeToSummary {
  preset: string;
  seeds: number;
  /** How many runs reached the target. */
  reached: number;
  /** Medians over the seeds. */
  step: number;
  seconds: number;
  val_loss: number;
}

/** One line per preset, in the order of their first runs. */
export function summaries(runs: readonly TimeTo[]): TimeToSummary[] {
  return [...new Set(runs.map(({ preset }) => preset))].map((preset) => {
    const same = runs.filter((run) => run.preset === preset);
    const middle = (figure: 'step' | 'seconds' | 'val_loss'): number =>
      median(same.map((run) => run[figure]));
    return {
      preset,
      seeds: same.length,
      reached: same.filter(({ reached }) => reached).length,
      step: middle('step'),
      seconds: middle('seconds'),
      val_loss: middle('val_loss'),
    };
  });
}
