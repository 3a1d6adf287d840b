// How many threads make a step shortest, found by trial while training runs. More are not always better: beside
// other busy programs, or within a container that may use less than a whole processor, each barrier waits for a
// thread that is not running. Results do not depend on it.

import { counted } from './format.ts';

/** What is enough to tell a step's time from noise: so many steps that take so long together, or a long time. */
const ENOUGH_STEPS = 4;
const ENOUGH_MS = 100;
const LONG_MS = 500;
/** At first code runs that has not been compiled well yet. */
const WARM_UP_MS = 300;
/** Of the steps before a trial at least as many as this count, so that one slow step does not. */
const REMEMBERED = 2 * ENOUGH_STEPS;
/** Another number is taken when it is this much better. */
const GAIN = 0.92;
/** A trial that lost time is not repeated before this many times as much has passed, and then ever more seldom. */
const PATIENCE = 30;
const LEAST_WAIT_MS = 2000;
const MOST_WAIT_MS = 60_000;

/** What a change of the number was decided by. */
export interface ThreadChange {
  from: number;
  to: number;
  /** Medians of a step. */
  ms_before: number;
  ms_now: number;
}

export class ThreadTuner {
  /** Numbers that are tried, each about half of the one before. */
  readonly #counts: number[];
  #at: number;
  /** Of the count in use. */
  #recent: number[] = [];
  #trial: { at: number; times: number[] } | undefined;
  #direction = 1;
  #since_ms = 0;
  #trials = 0;
  #wait_ms = WARM_UP_MS;

  /** Between 1 and `most` threads, beginning with `first`. */
  constructor(most: number, first = most) {
    this.#counts = halvings(most);
    const at = this.#counts.findIndex((count) => count <= first);
    this.#at = at < 0 ? this.#counts.length - 1 : at;
  }

  /** For the step to come. */
  get threads(): number {
    return this.#counts[this.#trial?.at ?? this.#at]!;
  }

  /** Takes what the last step took. Answers with the change, where it led to one. */
  take(ms: number): ThreadChange | undefined {
    this.#since_ms += ms;
    if (this.#trial) return this.#tried(this.#trial, ms);
    this.#recent.push(ms);
    if (this.#recent.length > REMEMBERED && isEnough(this.#recent.slice(1))) this.#recent.shift();
    if (this.#since_ms >= this.#wait_ms && isEnough(this.#recent)) this.#try();
    return undefined;
  }

  /** The neighbor on the side where the last trial was not. */
  #try(): void {
    const other = this.#at + this.#direction;
    if (other < 0 || other >= this.#counts.length) this.#direction = -this.#direction;
    const at = this.#at + this.#direction;
    if (at >= 0 && at < this.#counts.length) this.#trial = { at, times: [] };
  }

  #tried(trial: { at: number; times: number[] }, ms: number): ThreadChange | undefined {
    trial.times.push(ms);
    if (!isEnough(trial.times)) return undefined;
    this.#trial = undefined;
    const [before, now] = [median(this.#recent), median(trial.times)];
    this.#since_ms = 0;
    if (now < GAIN * before) {
      const from = this.#counts[this.#at]!;
      this.#at = trial.at;
      this.#recent = trial.times;
      this.#trials = 0;
      this.#wait_ms = LEAST_WAIT_MS;
      this.#try(); // it may go on in this direction
      return { from, to: this.#counts[this.#at]!, ms_before: before, ms_now: now };
    }
    const lost_ms = Math.max(0, sum(trial.times) - trial.times.length * before);
    const seldom_ms = Math.min(MOST_WAIT_MS, LEAST_WAIT_MS * 2 ** this.#trials++);
    this.#wait_ms = Math.max(PATIENCE * lost_ms, seldom_ms);
    this.#direction = -this.#direction;
    return undefined;
  }
}

/** What was measured, for people. */
export function threadsNote({ from, to, ms_before, ms_now }: ThreadChange): string {
  const threads = (n: number): string => counted(n, 'thread');
  const why = to < from ? ', because the machine is busy or limited' : '';
  return (
    `Training goes on with ${threads(to)}: a step takes ${ms_now.toFixed(0)} ms and took ${ms_before.toFixed(0)} ms ` +
    `with ${threads(from)}${why}. Other numbers are tried again now and then.`
  );
}

function isEnough(times: readonly number[]): boolean {
  const total = sum(times);
  return total >= LONG_MS || (times.length >= ENOUGH_STEPS && total >= ENOUGH_MS);
}

function halvings(most: number): number[] {
  const counts = [Math.max(1, most)];
  while (counts.at(-1)! > 1) counts.push(Math.floor(counts.at(-1)! / 2));
  return counts;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}
