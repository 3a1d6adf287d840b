// What training would take with the options as they stand, and with each preset; asked of the core, which knows.

import type { Estimate } from '../../engine/estimate.ts';
import { PRESETS, type PresetName } from '../../engine/presets.ts';
import type { Options } from '../../engine/options.ts';
import type { OptionForm } from './option-form.svelte.ts';
import type { PresetChoice } from './preset-choice.svelte.ts';
import type { TrainingText } from './training-text.svelte.ts';
import type { WorkerClient } from './worker-client.ts';

/** How long typing must rest before the core is asked. */
const ASK_AFTER_MS = 200;

export class Estimates {
  current = $state.raw<Estimate | undefined>(undefined);
  presets = $state.raw<Partial<Record<PresetName, Estimate>>>({});
  readonly #client: WorkerClient;
  readonly #form: OptionForm;
  readonly #preset: PresetChoice;
  readonly #text: TrainingText;
  #asked = 0;

  constructor(client: WorkerClient, form: OptionForm, preset: PresetChoice, text: TrainingText) {
    this.#client = client;
    this.#form = form;
    this.#preset = preset;
    this.#text = text;
  }

  /** For an effect: follows the form and the text's size; returns what cancels it. */
  follow(): () => void {
    const options = this.#form.problems.length === 0 ? { ...this.#form.values } : undefined;
    const size = this.#text.size;
    const timer = setTimeout(() => void this.#ask(options, size), ASK_AFTER_MS);
    return () => clearTimeout(timer);
  }

  async #ask(options: Options | undefined, corpusBytes: number): Promise<void> {
    const asked = ++this.#asked;
    const list = [...PRESETS.map(({ name }) => this.#preset.options(name)), ...(options ? [options] : [])];
    try {
      const answers = await this.#client.call((service) => service.estimates(list, corpusBytes));
      if (asked !== this.#asked) return;
      this.presets = Object.fromEntries(PRESETS.map(({ name }, i) => [name, answers[i]]));
      this.current = options ? answers.at(-1) : undefined;
    } catch {
      // An estimate is a help, not a need; whatever is wrong is said when Train is pressed.
      this.current = undefined;
    }
  }
}
