// One generation, which never gets far ahead of the page: a page that is busy drawing would otherwise drown in pieces.

import type { GeneratedPiece } from '../engine/generate.ts';

/** Pieces on their way to the page or waiting there to be drawn. */
const MOST_UNSHOWN = 4;

export class Generation {
  readonly id: number;
  readonly #abortController = new AbortController();
  readonly #post: (piece: GeneratedPiece) => void;
  #unshown = 0;
  #wake: () => void = () => undefined;
  #finished: Promise<void> = Promise.resolve();

  constructor(id: number, post: (piece: GeneratedPiece) => void) {
    this.id = id;
    this.#post = post;
  }

  get signal(): AbortSignal {
    return this.#abortController.signal;
  }

  /** Resolves when the last piece has been posted. */
  run(pieces: AsyncIterable<GeneratedPiece>): Promise<void> {
    const running = this.#run(pieces);
    this.#finished = running.catch(() => undefined);
    return running;
  }

  /** The page has shown so many pieces. */
  shown(pieces: number): void {
    this.#unshown -= pieces;
    this.#wake();
  }

  /** Resolves once nothing of it is under way; its last piece then says that it was aborted. */
  async end(): Promise<void> {
    this.#abortController.abort();
    this.#wake();
    await this.#finished;
  }

  async #run(pieces: AsyncIterable<GeneratedPiece>): Promise<void> {
    for await (const piece of pieces) {
      this.#unshown++;
      this.#post(piece);
      while (this.#unshown >= MOST_UNSHOWN && !this.signal.aborted && !piece.done) await this.#change();
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve));
  }
}
