// Prints generated texts to stdout while they grow. Samples are generated at the same time but printed one after
// the other: the first unfinished sample streams, later ones wait.

import type { GeneratedSample } from '../engine/generate.ts';
import { bold, print, sayText } from './terminal.ts';

export class SamplesOutput {
  readonly #count: number;
  readonly #prompt: string;
  /** Index of the sample that streams, and how many of its characters are printed. */
  #sample = 0;
  #printed = 0;

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
      print(sample.text.slice(this.#printed));
      this.#printed = sample.text.length;
      if (sample.reason === '') return;
      this.#end(sample.text);
    }
  }

  #begin(): void {
    if (this.#count > 1) print(`--- sample ${this.#sample + 1} of ${this.#count} ---\n`);
    // A terminal shows the prompt before its continuation; stdout gets only the continuation.
    if (process.stdout.isTTY && this.#prompt !== '') sayText(bold(this.#prompt));
  }

  #end(text: string): void {
    if ((process.stdout.isTTY || this.#count > 1) && !text.endsWith('\n')) print('\n');
    this.#printed = 0;
    if (++this.#sample < this.#count) this.#begin();
  }
}
