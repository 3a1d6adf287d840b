// The chosen preset. Presets depend on the length of the text, so the options of the chosen preset change with the
// text; options that the user has edited stay.

import { explainDefaults } from '../../engine/text-defaults.ts';
import { optionsOf, type Options } from '../../engine/options.ts';
import { PRESETS, presetOptions, type PresetName } from '../../engine/presets.ts';
import { optionText } from '../../engine/validate.ts';
import type { OptionForm } from './option-form.svelte.ts';
import type { TrainingText } from './training-text.svelte.ts';
import { words } from '../words/words.ts';

// A preset does not set the seed.
const PRESET_OPTIONS = optionsOf('model', 'train')
  .filter(({ name }) => name !== 'seed')
  .map(({ name }) => name);

export class PresetChoice {
  readonly #form: OptionForm;
  readonly #text: TrainingText;
  /** The text length that the fields are fitted to; undefined without a text, which fits them to long texts. */
  #fitted = $state<number | undefined>(undefined);
  /** Whether the options are those of a link, which stay as they are. */
  #held = false;

  readonly chosen = $derived.by(() => this.#chosen());
  /** Explains the options fitted to this text, or ''. */
  readonly why = $derived.by(() =>
    this.#form.problems.length > 0 ? '' : explainDefaults(this.#form.values, this.#text.size, words.fitted),
  );

  constructor(form: OptionForm, text: TrainingText) {
    this.#form = form;
    this.#text = text;
  }

  choose(name: PresetName): void {
    this.#held = false;
    this.#fitted = this.#size;
    this.#form.apply(this.#options(name));
  }

  /** Fills in the options of a link and keeps them, whatever the text, until a preset is chosen. */
  hold(options: Partial<Options>): void {
    this.#held = true;
    this.#form.apply(options);
  }

  /** The fields are about to be those of a run on a text of this length. */
  fitted(size: number): void {
    this.#held = false;
    this.#fitted = size;
  }

  options(name: PresetName): Options {
    return presetOptions(name, this.#size);
  }

  /** For an effect: fits the chosen preset to a new text length. */
  follow(size: number, locked: boolean): void {
    const chosen = this.chosen;
    if (this.#held || size === 0 || locked || size === this.#fitted || !chosen) return;
    this.choose(chosen);
  }

  get #size(): number | undefined {
    return this.#text.size === 0 ? undefined : this.#text.size;
  }

  #options(name: PresetName): Partial<Options> {
    const options = presetOptions(name, this.#fitted);
    return Object.fromEntries(PRESET_OPTIONS.map((option) => [option, options[option]]));
  }

  #chosen(): PresetName | undefined {
    return PRESETS.find(({ name }) =>
      Object.entries(this.#options(name)).every(
        ([option, value]) => this.#form.typed(option as keyof Options) === optionText(value),
      ),
    )?.name;
  }
}
