// Which random numbers Generate begins with: new ones each time, until somebody keeps a seed or types one.

import type { OptionForm } from './option-form.svelte.ts';

/** Six digits are easy to read and to note down. */
const SEEDS = 1_000_000;

export class SeedChoice {
  readonly #form: OptionForm;
  #kept = $state(false);
  /** What the field held when it was last left to the page. */
  #drawn = $state('');
  /** Of the text on show. */
  used = $state('');
  readonly fresh = $derived.by(() => !this.#kept && this.#form.typed('seed') === this.#drawn);

  constructor(form: OptionForm) {
    this.#form = form;
    this.#drawn = form.typed('seed');
  }

  /** Called when a text is about to be generated. */
  next(): void {
    if (this.fresh) this.#draw();
    this.used = this.#form.typed('seed');
  }

  keep(): void {
    this.#kept = true;
    this.#form.type('seed', this.used);
  }

  renew(): void {
    this.#kept = false;
    this.#drawn = this.#form.typed('seed');
  }

  #draw(): void {
    this.#drawn = String(Math.floor(Math.random() * SEEDS));
    this.#form.type('seed', this.#drawn);
  }
}
