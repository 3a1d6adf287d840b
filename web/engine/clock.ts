// Time at work and the speed of the last steps. Samples, validation and pauses do not slow the shown speed.

const STEPS_REMEMBERED = 20;

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

  /** Counts time of the step under way. */
  worked(ms: number): void {
    this.#step_ms += ms;
  }

  /** Answers with the time of the step. */
  stepDone(): number {
    const ms = this.#step_ms;
    this.#steps++;
    this.#recent.push(ms);
    if (this.#recent.length > STEPS_REMEMBERED) this.#recent.shift();
    this.#step_ms = 0;
    return ms;
  }

  /** The time counted since the last step went into validation, not into the next step. */
  evalDone(): void {
    this.#step_ms = 0;
  }

  stepsPerSecond(): number {
    const ms = this.#recent.reduce((sum, x) => sum + x, 0);
    return ms > 0 ? (this.#recent.length * 1000) / ms : 0;
  }

  /** Seconds that the remaining steps will take at the pace so far, validation and samples included. */
  etaSeconds(stepsLeft: number): number | null {
    if (this.#steps < 2) return null;
    return (this.elapsed() / this.#steps / 1000) * stepsLeft;
  }
}
