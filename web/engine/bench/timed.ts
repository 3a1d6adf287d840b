// Interleaved timing. Candidates are measured in rounds, a little of each per round, so that other load on the machine
// slows all of them alike. The median then leaves out the slow rounds.

/** A slice long enough for a whole step, in milliseconds. */
export const UNLIMITED_MS = 1e9;

/** Milliseconds, at least. */
export const WARM_UP_MS = 300;
/** A time below this share of the best one so far shows that the code still gets faster. */
const FASTER = 0.8;

/** Work that is repeated, with the time of each repetition. */
export abstract class Timed {
  /** Milliseconds. */
  readonly times: number[] = [];

  /** Does the work once and returns the milliseconds it took. */
  protected abstract once(): number;

  /** Whether one measurement is enough once the time is used up. */
  protected abstract readonly slow: boolean;

  /**
   * Repeats the work until it no longer gets faster: WebAssembly is first compiled quickly and then again with
   * optimizations, function by function, while it already runs.
   */
  protected warmUp(): void {
    const end = performance.now() + WARM_UP_MS;
    for (let best = Infinity, faster = true; faster || performance.now() < end;) {
      const took = this.once();
      faster = took < FASTER * best;
      best = Math.min(best, took);
    }
  }

  /** Repeats the work for about `ms` milliseconds, at least once. */
  repeat(ms: number): void {
    for (let spent = 0, first = true; first || spent < ms; first = false) {
      const took = this.once();
      this.times.push(took);
      spent += took;
    }
  }

  /** Whether no further round is needed, given the time for all rounds. */
  enough(ms: number): boolean {
    return this.slow && sum(this.times) >= ms;
  }

  get median(): number {
    return median(this.times);
  }
}

export interface Pace {
  /** How often each candidate is measured. */
  rounds: number;
  /** Milliseconds for each candidate, all rounds together. */
  ms: number;
}

/** Measures all candidates in turn, round by round; calls `before` ahead of each measurement. */
export async function byTurns<T extends Timed>(
  all: readonly T[],
  { rounds, ms }: Pace,
  before: (next: T, round: number) => Promise<void>,
): Promise<void> {
  for (let round = 1; round <= rounds; round++)
    for (const one of all) {
      await before(one, round);
      if (!one.enough(ms)) one.repeat(ms / rounds);
    }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
