// Working time, and the speed of the last steps without samples, validation, pauses and the computer's sleep.

const RECENT_STEPS = 20;

// In a stretch of work that is this long, and this many times as long as any before, the computer slept or the browser
// froze the page: performance.now() may go on meanwhile. Two in a row are work.
const SLEEP_MS = 10_000;
const SLEEP_FACTOR = 30;

export class Clock {
  #elapsed_ms = 0;
  /** When the present stretch of work began; undefined while stopped. */
  #since: number | undefined;
  #longest_ms = 0;
  #slept = false;
  #steps = 0;
  #step_ms = 0;
  #recent: number[] = [];

  start(): void {
    this.#since ??= performance.now();
  }

  stop(): void {
    this.lap();
    this.#since = undefined;
  }

  /** Ends a stretch of work, begins the next, and returns its time without sleep. */
  lap(): number {
    if (this.#since === undefined) return 0;
    const now = performance.now();
    const passed = now - this.#since;
    this.#since = now;
    this.#slept = this.#isSleep(passed);
    if (this.#slept) return 0;
    this.#elapsed_ms += passed;
    this.#longest_ms = Math.max(this.#longest_ms, passed);
    return passed;
  }

  elapsed(): number {
    const passed = this.#since === undefined ? 0 : performance.now() - this.#since;
    return this.#elapsed_ms + (this.#isSleep(passed) ? 0 : passed);
  }

  /** Adds time to the current step. */
  worked(ms: number): void {
    this.#step_ms += ms;
  }

  /** Ends the current step and returns its time. */
  stepDone(): number {
    const ms = this.#step_ms;
    this.#steps++;
    this.#recent.push(ms);
    if (this.#recent.length > RECENT_STEPS) this.#recent.shift();
    this.#step_ms = 0;
    return ms;
  }

  /** Discards the time since the last step, which validation took. */
  evalDone(): void {
    this.#step_ms = 0;
  }

  stepsPerSecond(): number {
    const ms = this.#recent.reduce((sum, x) => sum + x, 0);
    return ms > 0 ? (this.#recent.length * 1000) / ms : 0;
  }

  /** Seconds for the remaining steps at the pace so far, including validation and samples. */
  etaSeconds(stepsLeft: number): number | null {
    if (this.#steps < 2) return null;
    return (this.elapsed() / this.#steps / 1000) * stepsLeft;
  }

  #isSleep(ms: number): boolean {
    return !this.#slept && ms > Math.max(SLEEP_MS, SLEEP_FACTOR * this.#longest_ms);
  }
}
