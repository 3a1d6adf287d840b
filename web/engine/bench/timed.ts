// Timing by turns. What will be compared is measured in rounds, each a little of everything, so that a neighbour
// who takes the processor away for a while takes it from all alike. The median then leaves out what he took.

/** Milliseconds of a slice that never ends before something has happened: a whole step is timed at once. */
export const WHOLE = 1e9;

/** Milliseconds, at least. */
export const WARM_UP_MS = 300;
/** A time that is shorter than this share of the best before shows that it still becomes faster. */
const FASTER = 0.8;

/** Something that can be done again and again, and how long it took each time. */
export abstract class Timed {
  /** Milliseconds. */
  readonly times: number[] = [];

  /** Does it once and answers the milliseconds that it took. */
  protected abstract once(): number;

  /** Whether it is so slow that one measurement must do once its time is used up. */
  protected abstract readonly slow: boolean;

  /**
   * WebAssembly is first compiled in a hurry, then anew and well, function by function, while it already runs: does
   * it until it no longer becomes faster.
   */
  protected warmUp(): void {
    const end = performance.now() + WARM_UP_MS;
    for (let best = Infinity, faster = true; faster || performance.now() < end;) {
      const took = this.once();
      faster = took < FASTER * best;
      best = Math.min(best, took);
    }
  }

  /** Goes on for so many milliseconds, at least once. */
  bout(ms: number): void {
    for (let spent = 0, first = true; first || spent < ms; first = false) {
      const took = this.once();
      this.times.push(took);
      spent += took;
    }
  }

  /** Whether it needs no further round, given the time that it has in all. */
  enough(ms: number): boolean {
    return this.slow && sum(this.times) >= ms;
  }

  get median(): number {
    return median(this.times);
  }
}

export interface Pace {
  /** How often everything has its turn. */
  rounds: number;
  /** Milliseconds for each in all rounds together. */
  ms: number;
}

/** Measures all of them by turns; `before` is called ahead of each turn. */
export async function byTurns<T extends Timed>(
  all: readonly T[],
  { rounds, ms }: Pace,
  before: (next: T, round: number) => Promise<void>,
): Promise<void> {
  for (let round = 1; round <= rounds; round++)
    for (const one of all) {
      await before(one, round);
      if (!one.enough(ms)) one.bout(ms / rounds);
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
