// The recipe of a link: its options fill the form. The text is never in a link.

import { sentence } from '../../engine/errors.ts';
import { shortHash } from '../../engine/format.ts';
import { fragmentRecipe } from '../../engine/recipe-text.ts';
import type { Recipe } from '../../engine/recipe.ts';
import type { PresetChoice } from './preset-choice.svelte.ts';
import { words } from '../words/words.ts';

export class SharedRecipe {
  readonly #preset: PresetChoice;
  #fragment = '';
  #recipe = $state.raw<Recipe | undefined>(undefined);
  /** Why the link could not be read. */
  problem = $state('');

  constructor(preset: PresetChoice) {
    this.#preset = preset;
  }

  /** Opens the recipe in the fragment of the page's address, if it holds one; not again when the user returns to it. */
  open(fragment: string): void {
    if (fragment === this.#fragment) return;
    this.#fragment = fragment;
    this.problem = '';
    try {
      this.#recipe = fragmentRecipe(fragment);
      if (this.#recipe) this.#preset.hold(this.#recipe.options);
    } catch (error) {
      this.#recipe = undefined;
      this.problem = words.notes.badLink(sentence(error));
    }
  }

  /** A sentence about the link's text and the present one, of `size` bytes; `current` is the recipe of the present model. */
  note(size: number, current: Recipe | undefined): string {
    if (!this.#recipe) return '';
    const { corpus_bytes, corpus_sha256 } = this.#recipe;
    const same = current?.corpus_sha256 === corpus_sha256;
    if (same) return words.notes.sameRecipe;
    return words.notes.recipe(corpus_bytes, shortHash(corpus_sha256), size === corpus_bytes);
  }
}
