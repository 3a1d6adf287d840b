// Limits how fast messages reach the page, which would otherwise be busy with nothing else.

import type { RunEvent } from '../engine/events.ts';

/** Pieces that were sent and not drawn yet. */
const MAX_UNSHOWN = 4;

/** A generation that waits while the page has not drawn its last pieces. */
export class Generation<P extends { done: boolean }> {
  readonly id: number;
  readonly #abortController = new AbortController();
  readonly #post: (piece: P) => void;
  #unshown = 0;
  #wake: () => void = () => undefined;
  #finished: Promise<void> = Promise.resolve();

  constructor(id: number, post: (piece: P) => void) {
    this.id = id;
    this.#post = post;
  }

  get signal(): AbortSignal {
    return this.#abortController.signal;
  }

  /** Resolves when the last piece has been posted. */
  run(pieces: AsyncIterable<P>): Promise<void> {
    const running = this.#run(pieces);
    this.#finished = running.catch(() => undefined);
    return running;
  }

  /** To be called when the page has drawn `pieces` more pieces. */
  shown(pieces: number): void {
    this.#unshown -= pieces;
    this.#wake();
  }

  /** Aborts the generation and resolves when it has ended; its last piece then says "aborted". */
  async end(): Promise<void> {
    this.#abortController.abort();
    this.#wake();
    await this.#finished;
  }

  async #run(pieces: AsyncIterable<P>): Promise<void> {
    for await (const piece of pieces) {
      this.#unshown++;
      this.#post(piece);
      while (this.#unshown >= MAX_UNSHOWN && !this.signal.aborted && !piece.done) await this.#change();
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve));
  }
}

const BATCH_MS = 50;

/** Sends step events in batches, since small models make hundreds of steps per second; other events flush the batch. */
export class Batcher {
  readonly #send: (events: RunEvent[]) => void;
  #waiting: RunEvent[] = [];
  #sentAt = -Infinity;

  constructor(send: (events: RunEvent[]) => void) {
    this.#send = send;
  }

  add(event: RunEvent): void {
    this.#waiting.push(event);
    if (event.event === 'step' && performance.now() - this.#sentAt < BATCH_MS) return;
    this.#sentAt = performance.now();
    this.#send(this.#waiting.splice(0));
  }
}
