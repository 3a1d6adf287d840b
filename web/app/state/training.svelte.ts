// The state of the run, updated by the worker's events.

import { isOver, type DoneEvent, type NoteEvent, type Progress, type RunEvent } from '../../engine/events.ts';
import { RunRecorder, type RunRecord } from '../../engine/run-record.ts';
import type { Started, Weights } from '../../worker/protocol.ts';
import { liveText } from '../../engine/live-text.ts';
import type { LossHistory } from '../../engine/loss-history.ts';
import type { StepSample } from '../../engine/sample-history.ts';

export type Stage = 'idle' | 'starting' | 'running' | 'paused' | 'stopped' | 'done' | 'failed';

export interface Sample {
  /** The step of the weights that generated it. */
  step: number;
  text: string;
  /** Whether it is complete. */
  done: boolean;
}

/** The steps of the weights to choose from after a run. */
export type WeightSteps = Record<Weights, number>;

export class Training {
  stage = $state<Stage>('idle');
  /** Before the first step: the share of the vocabulary that has been learned; undefined without one to learn. */
  learned = $state<number | undefined>(undefined);
  progress = $state.raw<Progress | undefined>(undefined);
  /** Of the last validation. */
  valLoss = $state<number | null>(null);
  bitsPerByte = $state<number | null>(null);
  hasValidation = $state(true);
  sample = $state.raw<Sample | undefined>(undefined);
  /** The complete samples of the run so far, by step. */
  samples = $state.raw<readonly StepSample[]>([]);
  notes = $state.raw<readonly NoteEvent[]>([]);
  /** Why training did not start or had to end. */
  problem = $state('');
  /** How the run ended, once it has. */
  end = $state.raw<DoneEvent | undefined>(undefined);
  /** Set if the run ended with the best weights and these are not the last ones. */
  choice = $state.raw<WeightSteps | undefined>(undefined);
  /** Changes when `history` has new points; the chart follows it. */
  points = $state(0);
  #recorder = new RunRecorder();

  get history(): LossHistory {
    return this.#recorder.history;
  }

  /** What is saved of the run so far. */
  get record(): RunRecord {
    return this.#recorder.record();
  }

  get active(): boolean {
    return this.stage === 'starting' || this.stage === 'running' || this.stage === 'paused';
  }

  starting(): void {
    this.stage = 'starting';
    this.learned = undefined;
    this.problem = '';
  }

  /** A run has started in the worker; clears the state of another run. */
  began(started: Started, sameRun: boolean): void {
    if (!sameRun) this.clear();
    this.#recorder.began(started.step, started.has_validation);
    this.samples = this.#recorder.samples.samples;
    this.stage = 'running';
    this.end = undefined;
    this.choice = undefined;
    this.hasValidation = started.has_validation;
  }

  clear(): void {
    this.progress = undefined;
    this.valLoss = null;
    this.bitsPerByte = null;
    this.sample = undefined;
    this.samples = [];
    this.notes = [];
    this.end = undefined;
    this.choice = undefined;
    this.problem = '';
    this.#recorder = new RunRecorder();
    this.points = 0;
  }

  /** Shows a run as it was saved. It is stopped unless it had ended. */
  restore(record: RunRecord): void {
    this.clear();
    this.stage = 'stopped';
    this.#recorder = new RunRecorder(record);
    this.hasValidation = record.has_validation;
    this.samples = this.#recorder.samples.samples;
    for (const event of record.events) this.#show(event);
    this.points++;
  }

  /** The worker and its run are lost. */
  crashed(message: string): void {
    this.stage = this.active || this.progress ? 'failed' : 'idle';
    this.choice = undefined;
    this.problem = message;
  }

  /** After a crash: the current weights are those of an earlier step. */
  kept(step: number): void {
    if (this.progress) this.progress = { ...this.progress, weights_step: step };
  }

  take(event: RunEvent): void {
    this.#recorder.take(event);
    this.#show(event);
  }

  #show(event: RunEvent): void {
    this.progress = event;
    switch (event.event) {
      case 'step':
        this.points++;
        break;
      case 'eval':
        this.#measured(event);
        this.points++;
        break;
      case 'sample':
        this.sample = {
          step: event.weights_step,
          text: liveText(event.text, event.done),
          done: event.done,
        };
        this.samples = this.#recorder.samples.samples;
        break;
      case 'note':
        // The status line reports restored weights.
        if (event.weights_step === event.step) this.notes = [...this.notes, event];
        break;
      case 'paused':
        this.stage = 'paused';
        break;
      case 'resumed':
        this.stage = 'running';
        break;
      case 'weights':
        this.#measured(event);
        break;
      case 'done':
        this.#ended(event);
        break;
      case 'failed':
        this.stage = 'failed';
        this.problem = event.message;
        break;
    }
  }

  #ended(event: DoneEvent): void {
    this.stage = isOver(event.reason) ? 'done' : 'stopped';
    this.end = event;
    if (event.weights_step === event.step) return;
    this.choice = { best: event.weights_step, last: event.step };
    this.#measured(event);
    this.points++;
  }

  #measured(event: Progress): void {
    this.valLoss = event.val_loss;
    this.bitsPerByte = event.val_bits_per_byte;
  }
}
