// What is worth showing of a run later: its curves, its samples and its last events, in a form that can be saved.

import type { RunEvent, StepEvent } from './events.ts';
import { liveText } from './live-text.ts';
import { LossHistory, type LossPoints } from './loss-history.ts';
import { SampleHistory, type StepSample } from './sample-history.ts';

export interface RunRecord {
  has_validation: boolean;
  /** The notes and the last event of each other kind, in order. */
  events: RunEvent[];
  curves: LossPoints;
  /** The live samples; runs saved by earlier versions have none. */
  samples?: readonly StepSample[];
}

/** Events that a later step makes untrue. */
const ENDS: readonly RunEvent['event'][] = ['done', 'failed', 'weights'];

export class RunRecorder {
  readonly history: LossHistory;
  readonly samples: SampleHistory;
  #hasValidation: boolean;
  #events: RunEvent[];

  constructor(record?: RunRecord) {
    this.#hasValidation = record?.has_validation ?? true;
    this.#events = [...(record?.events ?? [])];
    this.history = new LossHistory(record?.curves);
    this.samples = new SampleHistory(record?.samples);
  }

  /** Training begins at this step, or goes on from it. */
  began(step: number, has_validation: boolean): void {
    this.#hasValidation = has_validation;
    this.#events = this.#events.filter((event) => event.step <= step && !ENDS.includes(event.event));
    this.history.cutAfter(step);
    this.samples.cutAfter(step);
  }

  take(event: RunEvent): void {
    if (event.event === 'paused' || (event.event === 'sample' && !event.done)) return;
    const replaced = event.event === 'resumed' ? ENDS : event.event === 'note' ? [] : [event.event];
    this.#events = this.#events.filter(({ event }) => !replaced.includes(event));
    if (event.event !== 'resumed') this.#events.push(event);
    if (event.event === 'step') this.history.addStep(event.step, event.train_loss, ofStep(event));
    if (event.event === 'sample')
      this.samples.add({ step: event.weights_step, text: liveText(event.text, true) });
    if (event.event === 'eval')
      this.history.addValidation(event.step, event.val_loss, event.val_bits_per_byte);
  }

  record(): RunRecord {
    return {
      has_validation: this.#hasValidation,
      events: [...this.#events],
      curves: this.history.points(),
      samples: this.samples.samples,
    };
  }
}

/** What a step measures beside the loss. */
function ofStep({
  train_bits_per_byte,
  lr,
  grad_norm,
  tokens_per_s,
}: StepEvent): Parameters<LossHistory['addStep']>[2] {
  return { train_bits_per_byte, lr, grad_norm, tokens_per_s };
}
