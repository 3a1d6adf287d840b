// What the page knows of the run: told by the worker's events, drawn by the components.

import { isOver, type Progress, type RunEvent } from '../../engine/events.ts';
import type { Started } from '../../worker/protocol.ts';
import { LossHistory } from '../lib/loss-history.ts';

export type Stage = 'idle' | 'starting' | 'running' | 'paused' | 'stopped' | 'done' | 'failed';

export interface Sample {
  step: number;
  text: string;
  /** Whether more of it is still being written. */
  done: boolean;
}

export class Training {
  stage = $state<Stage>('idle');
  /** Before the first step: how much of the vocabulary has been learnt, where there is one to learn. */
  learnt = $state<number | undefined>(undefined);
  progress = $state.raw<Progress | undefined>(undefined);
  /** From the last measurement until the next one. */
  valLoss = $state<number | null>(null);
  bitsPerByte = $state<number | null>(null);
  hasValidation = $state(true);
  sample = $state.raw<Sample | undefined>(undefined);
  notes = $state.raw<readonly string[]>([]);
  /** Why training did not start or had to end. */
  problem = $state('');
  /** Grows when `history` has new points; the chart draws when it does. */
  points = $state(0);
  history = new LossHistory();

  get active(): boolean {
    return this.stage === 'starting' || this.stage === 'running' || this.stage === 'paused';
  }

  starting(): void {
    this.stage = 'starting';
    this.learnt = undefined;
    this.problem = '';
  }

  /** A run begins in the worker: what was shown of the one before goes. */
  began(started: Started): void {
    if (this.stage === 'starting') this.stage = 'running';
    this.hasValidation = started.has_validation;
  }

  clear(): void {
    this.progress = undefined;
    this.valLoss = null;
    this.bitsPerByte = null;
    this.sample = undefined;
    this.notes = [];
    this.history = new LossHistory();
    this.points = 0;
  }

  /** The worker is gone, and with it the run, if there was one. */
  crashed(message: string): void {
    this.stage = this.active || this.progress ? 'failed' : 'idle';
    this.problem = message;
  }

  take(event: RunEvent): void {
    this.progress = event;
    switch (event.event) {
      case 'step':
        this.history.addStep(event.step, event.train_loss);
        this.points++;
        break;
      case 'eval':
        this.#measured(event);
        break;
      case 'sample':
        this.sample = { step: event.step, text: event.text, done: event.done };
        break;
      case 'note':
        this.notes = [...this.notes, event.message];
        break;
      case 'paused':
        this.stage = 'paused';
        break;
      case 'resumed':
        this.stage = 'running';
        break;
      case 'done':
        this.stage = isOver(event.reason) ? 'done' : 'stopped';
        break;
      case 'failed':
        this.stage = 'failed';
        this.problem = event.message;
        break;
    }
  }

  #measured(event: Progress): void {
    this.valLoss = event.val_loss;
    this.bitsPerByte = event.val_bits_per_byte;
    this.history.addValidation(event.step, event.val_loss);
    this.points++;
  }
}
