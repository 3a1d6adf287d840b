// The seed of Generate: a new one each time, until the user keeps a seed or types one.

import type { OptionForm } from './option-form.svelte.ts';

/** Six digits are easy to read and to copy. */
const SEEDS = 1_000_000;

export class SeedChoice {
  readonly #form: OptionForm;
  #kept = $state(false);
  /** The seed that the page last put into the field. */
  #drawn = $state('');
  /** The seed of the shown text. */
  used = $state('');
  readonly fresh = $derived.by(() => !this.#kept && this.#form.typed('seed') === this.#drawn);

  constructor(form: OptionForm) {
    this.#form = form;
    this.#drawn = form.typed('seed');
  }

  /** Call this before generating a text. */
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
