// Measures where the time of a training step goes.

import { UNLIMITED_MS, WARM_UP_MS } from './bench/timed.ts';
import type { Trainer } from './core-objects.ts';
import { nextTurn } from './event-loop.ts';
import { profileOf, type StepProfile } from './profile.ts';

const FEWEST_STEPS = 3;

/** Trains for about `ms` milliseconds, at least some steps. The options must leave out validation. */
export async function measureStep(trainer: Trainer, ms: number): Promise<StepProfile> {
  // The first steps run before the engine has optimized the code.
  await steps(trainer, WARM_UP_MS, 1);
  trainer.setProfiling(true);
  const { count, spent } = await steps(trainer, ms, FEWEST_STEPS);
  const profile = profileOf(trainer.profile(), count, spent);
  trainer.setProfiling(false);
  return profile;
}

async function steps(
  trainer: Trainer,
  ms: number,
  fewest: number,
): Promise<{ count: number; spent: number }> {
  let [count, spent] = [0, 0];
  while (count < fewest || spent < ms) {
    const began = performance.now();
    const event = trainer.advance(UNLIMITED_MS);
    spent += performance.now() - began;
    if (event.kind !== 'step')
      throw new Error(event.message || 'Training ended before it could be measured.');
    count++;
    await nextTurn();
  }
  return { count, spent };
}
