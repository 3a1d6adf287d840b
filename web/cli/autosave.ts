// Saves while training, so that a killed process or a power cut loses little.

import type { RunEvent } from '../engine/events.ts';

const AT_LEAST_EVERY_MS = 60_000;

export class Autosave {
  readonly #save: () => void;
  readonly #every: number;
  #last = performance.now();

  /** every: steps between two saves; 0 saves at each validation and at least once a minute. */
  constructor(every: number, save: () => void) {
    this.#every = every;
    this.#save = save;
  }

  take(event: RunEvent): void {
    if (!this.#due(event)) return;
    this.#save();
    this.#last = performance.now();
  }

  #due(event: RunEvent): boolean {
    // The end of the run saves by itself.
    if (event.step >= event.max_steps) return false;
    if (this.#every > 0) return event.event === 'step' && event.step % this.#every === 0;
    if (event.event === 'eval') return true;
    return event.event === 'step' && performance.now() - this.#last >= AT_LEAST_EVERY_MS;
  }
}
