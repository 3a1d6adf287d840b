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

  /** For an effect: asks again when the form or the text's size changes; returns what cancels it. */
  follow(): () => void {
    const values = this.#form.fieldProblems.length === 0 ? this.#form.values : undefined;
    const size = this.#text.size;
    const timer = setTimeout(() => void this.#ask(values, size), DELAY_MS);
    return () => clearTimeout(timer);
  }

  async #ask(values: Options | undefined, corpusBytes: number): Promise<void> {
    const request = ++this.#requests;
    try {
      const valid = values !== undefined && (await checkForm(this.#client, this.#form, values)).length === 0;
      const list = [
        ...PRESETS.map(({ name }) => this.#preset.options(name)),
        ...(valid ? [{ ...values }] : []),
      ];
      const answers = await this.#client.call((service) => service.estimates(list, corpusBytes));
      if (request !== this.#requests) return;
      this.presets = Object.fromEntries(PRESETS.map(({ name }, i) => [name, answers[i]]));
      this.current = valid ? answers.at(-1) : undefined;
    } catch {
      // Estimates are optional; errors are shown when Train is pressed.
      this.current = undefined;
    }
  }
}

/** Asks the core whether a form's values fit each other; the form shows the error messages that this returns. */
export async function checkForm(client: WorkerClient, form: OptionForm, values: Options): Promise<string[]> {
  const sentences = await client.call((service) => service.mismatches({ ...values }));
  return form.setMismatches(values, sentences);
}
