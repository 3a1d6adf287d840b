// Working time: what counts, with a clock that the test moves.

import { Clock } from '../web/engine/clock.ts';

let now = 0;
const clock = performance as { now?: () => number };
beforeAll(() => (clock.now = () => now));
afterAll(() => delete clock.now);

/** Works for as many stretches of this length. */
function work(on: Clock, ms: number, times: number): void {
  for (let i = 0; i < times; i++) {
    now += ms;
    on.worked(on.lap());
    on.stepDone();
  }
}

const HOURS = 3_600_000;

function started(): Clock {
  const on = new Clock();
  on.start();
  return on;
}

test('counts work, and not pauses', () => {
  const on = started();
  work(on, 30, 10);
  on.stop();
  now += 8 * HOURS;
  expect(on.elapsed()).toBe(300);
  on.start();
  work(on, 30, 10);
  expect(on.elapsed()).toBe(600);
});

test('does not count sleep: neither as working time, nor in the pace, nor in the time to go', () => {
  const on = started();
  work(on, 100, 20);
  for (let night = 0; night < 2; night++) {
    work(on, 8 * HOURS, 1);
    work(on, 100, 19);
  }
  expect(on.elapsed()).toBe(5800);
  work(on, 100, 20);
  expect(on.stepsPerSecond()).toBe(10);
  expect(on.etaSeconds(80)).toBeCloseTo(7.8, 1);
});

test('does not count a sleep that is under way when the run is asked or paused', () => {
  const on = started();
  work(on, 100, 5);
  now += HOURS;
  expect(on.elapsed()).toBe(500);
  on.stop();
  expect(on.elapsed()).toBe(500);
});

test('counts steps that are long by themselves, from the second one on', () => {
  const on = started();
  work(on, 20_000, 5);
  expect(on.elapsed()).toBe(80_000);
});

test('counts a slow stretch among quick ones', () => {
  const on = started();
  work(on, 30, 10);
  work(on, 5000, 1);
  expect(on.elapsed()).toBe(5300);
});
