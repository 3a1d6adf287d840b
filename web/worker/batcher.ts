// A tiny model makes hundreds of steps a second; a message for each would keep the page busy with nothing but
// messages. Steps wait a moment for company, everything else goes at once and takes the waiting ones along.

import type { RunEvent } from '../engine/events.ts';

const WAIT_MS = 50;

export class Batcher {
  readonly #send: (events: RunEvent[]) => void;
  #waiting: RunEvent[] = [];
  #sentAt = -Infinity;

  constructor(send: (events: RunEvent[]) => void) {
    this.#send = send;
  }

  add(event: RunEvent): void {
    this.#waiting.push(event);
    if (event.event === 'step' && performance.now() - this.#sentAt < WAIT_MS) return;
    this.#sentAt = performance.now();
    this.#send(this.#waiting.splice(0));
  }
}
