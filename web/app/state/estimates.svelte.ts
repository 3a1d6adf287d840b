// The core's estimates of memory and time, for the current options and for each preset.

import type { Estimate } from '../../engine/estimate.ts';
import { PRESETS, type PresetName } from '../../engine/presets.ts';
import type { Options } from '../../engine/options.ts';
import type { OptionForm } from './option-form.svelte.ts';
import type { PresetChoice } from './preset-choice.svelte.ts';
import type { TrainingText } from './training-text.svelte.ts';
import type { WorkerClient } from './worker-client.ts';

/** Estimates follow the form after this pause in typing. */
const DELAY_MS = 200;

export class Estimates {
  current = $state.raw<Estimate | undefined>(undefined);
  presets = $state.raw<Partial<Record<PresetName, Estimate>>>({});
  readonly #client: WorkerClient;
  readonly #form: OptionForm;
  readonly #preset: PresetChoice;
  readonly #text: TrainingText;
  #requests = 0;

  constructor(client: WorkerClient, form: OptionForm, preset: PresetChoice, text: TrainingText) {
    this.#client = client;
    this.#form = form;
    this.#preset = preset;
    this.#text = text;
  }

  /** For an effect: updates the estimates when the form or the text changes; returns a function that cancels. */
  follow(): () => void {
    const options = this.#form.problems.length === 0 ? { ...this.#form.values } : undefined;
    const size = this.#text.size;
    const timer = setTimeout(() => void this.#update(options, size), DELAY_MS);
    return () => clearTimeout(timer);
  }

  async #update(options: Options | undefined, corpusBytes: number): Promise<void> {
    const request = ++this.#requests;
    const list = [...PRESETS.map(({ name }) => this.#preset.options(name)), ...(options ? [options] : [])];
    try {
      const answers = await this.#client.call((service) => service.estimates(list, corpusBytes));
      if (request !== this.#requests) return;
      this.presets = Object.fromEntries(PRESETS.map(({ name }, i) => [name, answers[i]]));
      this.current = options ? answers.at(-1) : undefined;
    } catch {
      // Estimates are optional; Train reports errors.
      this.current = undefined;
    }
  }
}
