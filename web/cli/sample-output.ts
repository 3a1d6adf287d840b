// Generated texts on their way to stdout. Several are made at once but must be read one after the other: the
// first that has not ended is written as it comes, those after it wait for their turn.

import type { GeneratedSample } from '../engine/generate.ts';
import { put, strong, tell } from './terminal.ts';

export class SamplesOutput {
  readonly #count: number;
  readonly #prompt: string;
  /** The sample that is being written, and how much of it has been. */
  #sample = 0;
  #written = 0;

  constructor(count: number, prompt: string) {
    this.#count = count;
    this.#prompt = prompt;
    this.#begin();
  }

  /** Takes all samples as they are so far. */
  take(samples: readonly GeneratedSample[]): void {
    for (;;) {
      const sample = samples[this.#sample];
      if (!sample) return;
      put(sample.text.slice(this.#written));
      this.#written = sample.text.length;
      if (sample.reason === '') return;
      this.#end(sample.text);
    }
  }

  #begin(): void {
    if (this.#count > 1) put(`--- sample ${this.#sample + 1} of ${this.#count} ---\n`);
    // On a terminal the prompt is shown before its continuation; stdout itself carries the continuation alone.
    if (process.stdout.isTTY && this.#prompt !== '') tell(strong(this.#prompt));
  }

  #end(text: string): void {
    if ((process.stdout.isTTY || this.#count > 1) && !text.endsWith('\n')) put('\n');
    this.#written = 0;
    if (++this.#sample < this.#count) this.#begin();
  }
}
