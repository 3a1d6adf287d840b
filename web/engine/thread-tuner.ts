// Finds the number of threads with the shortest step by trying others while training runs. More threads are not always
// faster: beside other busy programs, or in a container with less than a whole processor, each barrier waits for a thread
// that is not running. Results do not depend on the number.

import { counted } from './format.ts';

/** A measurement is reliable after ENOUGH_STEPS steps that take ENOUGH_MS together, or after LONG_MS. */
const ENOUGH_STEPS = 4;
const ENOUGH_MS = 100;
const LONG_MS = 500;
/** At first the code is not optimized yet. */
const WARM_UP_MS = 300;
/** At least this many recent steps are compared with a trial, so that one slow step does not matter. */
const RECENT_STEPS = 2 * ENOUGH_STEPS;
/** Another number is used if its step takes less than this share of the time. */
const GAIN = 0.92;
/** After a trial that lost time, the next one waits this many times as long; further ones wait even longer. */
const PATIENCE = 30;
const LEAST_WAIT_MS = 2000;
const MOST_WAIT_MS = 60_000;

/** A change of the number of threads, with the times that decided it. */
export interface ThreadChange {
  from: number;
  to: number;
  /** Median times of a step. */
  ms_before: number;
  ms_now: number;
}

export class ThreadTuner {
  /** The numbers to try, each about half of the one before. */
  readonly #counts: number[];
  #at: number;
  /** Times of recent steps with the current number. */
  #recent: number[] = [];
  #trial: { at: number; times: number[] } | undefined;
  #direction = 1;
  #since_ms = 0;
  #trials = 0;
  #wait_ms = WARM_UP_MS;

  /** Tries numbers from 1 to `most`, starting with `first`. */
  constructor(most: number, first = most) {
    this.#counts = halvings(most);
    const at = this.#counts.findIndex((count) => count <= first);
    this.#at = at < 0 ? this.#counts.length - 1 : at;
  }

  /** The number for the next step. */
  get threads(): number {
    return this.#counts[this.#trial?.at ?? this.#at]!;
  }

  /** Takes the time of the last step; returns the change that it led to, if any. */
  take(ms: number): ThreadChange | undefined {
    this.#since_ms += ms;
    if (this.#trial) return this.#tried(this.#trial, ms);
    this.#recent.push(ms);
    if (this.#recent.length > RECENT_STEPS && isEnough(this.#recent.slice(1))) this.#recent.shift();
    if (this.#since_ms >= this.#wait_ms && isEnough(this.#recent)) this.#try();
    return undefined;
  }

  /** Starts a trial of the next number on the other side than last time. */
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
      this.#try(); // the next number in this direction may be better still
      return { from, to: this.#counts[this.#at]!, ms_before: before, ms_now: now };
    }
    const lost_ms = Math.max(0, sum(trial.times) - trial.times.length * before);
    const seldom_ms = Math.min(MOST_WAIT_MS, LEAST_WAIT_MS * 2 ** this.#trials++);
    this.#wait_ms = Math.max(PATIENCE * lost_ms, seldom_ms);
    this.#direction = -this.#direction;
    return undefined;
  }
}

/** The sentence, here in English. */
export const THREADS_TEXT = (from: number, to: number, ms_before: number, ms_now: number): string =>
  `Training goes on with ${counted(to, 'thread')}: a step takes ${ms_now} ms and took ${ms_before} ms ` +
  `with ${counted(from, 'thread')}${to < from ? ', because the machine is busy or limited' : ''}. ` +
  'Other numbers are tried again now and then.';

/** The change as a sentence. */
export function threadsNote({ from, to, ms_before, ms_now }: ThreadChange, say = THREADS_TEXT): string {
  return say(from, to, Math.round(ms_before), Math.round(ms_now));
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
