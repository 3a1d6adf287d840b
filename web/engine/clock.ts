// Working time, and the speed of the last steps without samples, validation and pauses.

const RECENT_STEPS = 20;

export class Clock {
  #elapsed_ms = 0;
  #since: number | undefined;
  #steps = 0;
  #step_ms = 0;
  #recent: number[] = [];

  start(): void {
    this.#since ??= performance.now();
  }

  stop(): void {
    this.#elapsed_ms = this.elapsed();
    this.#since = undefined;
  }

  elapsed(): number {
    return this.#elapsed_ms + (this.#since === undefined ? 0 : performance.now() - this.#since);
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
}
