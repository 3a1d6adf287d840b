// The search for the best number of threads, on simulated machines.

import { ThreadTuner } from '../web/engine/thread-tuner.ts';

/** Milliseconds of a step, by threads and by the time since the beginning. */
type Machine = (threads: number, at_ms: number) => number;

/** Simulates training; returns the slowdown against the best fixed number of threads, and the last number. */
function trainOn(
  machine: Machine,
  most: number,
  duration_ms: number,
  noise = 0.05,
): { slowdown: number; last: number; steps: number } {
  const tuner = new ThreadTuner(most);
  const random = pseudoRandom();
  let [at_ms, steps] = [0, 0];
  while (at_ms < duration_ms) {
    const ms = machine(tuner.threads, at_ms) * (1 + noise * (2 * random() - 1));
    at_ms += ms;
    steps++;
    tuner.take(ms);
  }
  const best = Math.min(
    ...Array.from({ length: most }, (_, i) => {
      let fixed_ms = 0;
      for (let step = 0; step < steps; step++) fixed_ms += machine(i + 1, fixed_ms);
      return fixed_ms;
    }),
  );
  return { slowdown: at_ms / best - 1, last: tuner.threads, steps };
}

/** mulberry32, seeded: the same numbers in every run. */
function pseudoRandom(): () => number {
  let state = 1;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const scales =
  (step_ms: number): Machine =>
  (threads) =>
    (step_ms * (1 + 0.1 * (threads - 1))) / threads;

/** Only one processor is free: a quota or another program takes the rest. */
const onlyOne =
  (step_ms: number): Machine =>
  (threads) =>
    step_ms * (1 + 0.4 * (threads - 1));

describe('The number of threads', () => {
  test.each([2, 4, 16])('stays at %i if every thread helps', (most) => {
    for (const step_ms of [2, 40, 400]) {
      const { slowdown, last } = trainOn(scales(step_ms), most, 60_000);
      expect(last).toBe(most);
      expect(slowdown).toBeLessThan(0.1);
    }
  });

  test.each([2, 4, 16])('falls from %i to one if the others only wait', (most) => {
    for (const step_ms of [2, 40, 400]) {
      const { slowdown, last } = trainOn(onlyOne(step_ms), most, 60_000);
      expect(last).toBe(1);
      expect(slowdown).toBeLessThan(0.1);
    }
  });

  test('finds a number in between', () => {
    const four: Machine = (threads) => 100 * (1 / Math.min(threads, 4) + 0.2 * Math.max(0, threads - 4));
    const { slowdown, last } = trainOn(four, 16, 60_000);
    expect(last).toBe(4);
    expect(slowdown).toBeLessThan(0.1);
  });

  test('adapts to a machine that gets busy and free again', () => {
    const busyBetween: Machine = (threads, at_ms) =>
      (at_ms > 30_000 && at_ms < 90_000 ? onlyOne : scales)(50)(threads, at_ms);
    expect(trainOn(busyBetween, 2, 85_000).last).toBe(1);
    const whole = trainOn(busyBetween, 2, 180_000);
    expect(whole.last).toBe(2);
    expect(whole.slowdown).toBeLessThan(0.1);
  });

  test('does not follow noise', () => {
    const equal: Machine = () => 50;
    expect(trainOn(equal, 2, 60_000, 0.3).slowdown).toBeLessThan(0.1);
    expect(trainOn(scales(50), 2, 60_000, 0.3).slowdown).toBeLessThan(0.1);
  });

  test('with one thread there is nothing to try', () => {
    expect(trainOn(scales(10), 1, 5_000).last).toBe(1);
  });

  test('is reported when it changes', () => {
    const tuner = new ThreadTuner(2);
    const changes = Array.from({ length: 100 }, () => tuner.take(onlyOne(50)(tuner.threads, 0))).filter(
      (c) => c,
    );
    expect(changes[0]).toEqual({ from: 2, to: 1, ms_before: 70, ms_now: 50 });
  });
});
