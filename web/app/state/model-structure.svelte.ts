// The drawing of the model that Train would make, or of the current one if its shape is not that of the options.

import { modelConfig } from '../../engine/convert.ts';
import { sentence } from '../../engine/errors.ts';
import type { ModelConfig } from '../../engine/generated/core-types.ts';
import { timeShares, type ModelStructure, type TimeShares } from '../../engine/structure.ts';
import type { Session } from './session.svelte.ts';

/** The drawing follows the options after this pause in typing. */
const DELAY_MS = 200;

export class Structure {
  shown = $state.raw<ModelStructure>();
  shares = $state.raw<TimeShares>();
  ms = $state(0);
  measuring = $state(false);
  problem = $state('');
  readonly #session: Session;
  #requests = 0;
  /** The shape that was measured. */
  #measured = '';

  constructor(session: Session) {
    this.#session = session;
  }

  get config(): ModelConfig {
    const { model, form } = this.#session;
    return model?.file && model.finetuned ? model.file.info.config : modelConfig(form.values);
  }

  /** For an effect: draws again when the options change; returns what cancels it. */
  follow(): () => void {
    const { config } = this;
    const valid = this.#session.form.fieldProblems.length === 0;
    const timer = setTimeout(() => valid && void this.#draw(config), DELAY_MS);
    return () => clearTimeout(timer);
  }

  async #draw(config: ModelConfig): Promise<void> {
    const request = ++this.#requests;
    try {
      const found = await this.#session.inspect((service) => service.structure({ ...config }));
      if (request !== this.#requests) return;
      this.shown = found;
      if (this.#measured !== keyOf(found)) this.shares = undefined;
      this.problem = '';
    } catch (error) {
      if (request === this.#requests) this.problem = sentence(error);
    }
  }

  async measure(): Promise<void> {
    const { shown } = this;
    if (!shown || this.measuring) return;
    this.measuring = true;
    this.problem = '';
    try {
      const { text, name } = await this.#session.text.read();
      const options = { ...this.#session.form.values };
      const profile = await this.#session.inspect((service) => service.profileStep({ text, name, options }));
      this.#measured = keyOf(shown);
      this.shares = timeShares(shown, profile);
      this.ms = profile.ms_per_step;
    } catch (error) {
      this.problem = sentence(error);
    } finally {
      this.measuring = false;
    }
  }
}

function keyOf({ config }: ModelStructure): string {
  return JSON.stringify(config);
}
