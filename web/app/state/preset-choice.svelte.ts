// Which recipe the options are, for the text at hand. A recipe depends on the text's length, so that what was chosen
// is put into the fields anew when another text comes; what a person has set otherwise is left alone.

import { reasonsFor } from '../../engine/fit.ts';
import { optionsOf, type Options } from '../../engine/options.ts';
import { PRESETS, presetOptions, type PresetName } from '../../engine/presets.ts';
import { optionText } from '../../engine/validate.ts';
import type { OptionForm } from './option-form.svelte.ts';
import type { TrainingText } from './training-text.svelte.ts';

// A recipe says how big, how long and by what means; which seed and which build is another matter.
const COMPARED = optionsOf('model', 'train')
  .filter(({ name }) => name !== 'seed')
  .map(({ name }) => name);

export class PresetChoice {
  readonly #form: OptionForm;
  readonly #text: TrainingText;
  /** The length that the fields were last fitted to; without a text they hold what suits a long one. */
  #fitted = $state<number | undefined>(undefined);

  readonly chosen = $derived.by(() => this.#chosen());
  /** Why options are as they are for this text; empty where nothing need be said. */
  readonly why = $derived.by(() =>
    this.#form.problems.length > 0 ? '' : reasonsFor(this.#form.values, this.#text.size),
  );

  constructor(form: OptionForm, text: TrainingText) {
    this.#form = form;
    this.#text = text;
  }

  choose(name: PresetName): void {
    this.#fitted = this.#size;
    this.#form.apply(this.#options(name));
  }

  options(name: PresetName): Options {
    return presetOptions(name, this.#size);
  }

  /** For an effect: follows the text's length. */
  follow(size: number, locked: boolean): void {
    const chosen = this.chosen;
    if (size === 0 || locked || size === this.#fitted || !chosen) return;
    this.choose(chosen);
  }

  get #size(): number | undefined {
    return this.#text.size === 0 ? undefined : this.#text.size;
  }

  #options(name: PresetName): Partial<Options> {
    const options = presetOptions(name, this.#fitted);
    return Object.fromEntries(COMPARED.map((option) => [option, options[option]]));
  }

  #chosen(): PresetName | undefined {
    return PRESETS.find(({ name }) =>
      Object.entries(this.#options(name)).every(
        ([option, value]) => this.#form.typed(option as keyof Options) === optionText(value),
      ),
    )?.name;
  }
}
