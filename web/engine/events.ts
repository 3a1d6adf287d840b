// The events of a training run: the page draws from them and `mini-llm train --json` prints them, one per line.

import type { TrainEvent } from './generated/core-types.ts';
import type { ThreadChange } from './thread-tuner.ts';

/** What a run and the core's TrainEvent report alike. */
type Measured = Pick<TrainEvent, 'step' | 'weights_step' | 'lr' | 'tokens'>;
type Losses = Pick<
  TrainEvent,
  'train_loss' | 'val_loss' | 'train_bits_per_byte' | 'val_bits_per_byte' | 'grad_norm'
>;

/**
 * Where the run stands, in every event. `weights_step` is the step of the model's weights, earlier than `step` if the best
 * weights were restored. Losses are nats per token, and bits per byte of text, so that tokenizers compare; null is "not known
 * yet", since JSON has no NaN. `tokens` counts those of this session.
 */
export interface Progress extends Measured, Nullable<Losses> {
  max_steps: number;
  /** Of the last steps. */
  tokens_per_s: number;
  /** Seconds of work, without pauses. */
  elapsed_s: number;
  /** Seconds to go; null until two steps are done. */
  eta_s: number | null;
}

type Nullable<T> = { [K in keyof T]: T[K] | null };

export interface StepEvent extends Progress {
  event: 'step';
}
/** Validation has been measured: val_loss and val_bits_per_byte are new. */
export interface EvalEvent extends Progress {
  event: 'eval';
}
/** A live sample, complete (done) or as far as it has got; text is the continuation without the prompt. */
export interface SampleEvent extends Progress {
  event: 'sample';
  prompt: string;
  text: string;
  done: boolean;
}
export interface PauseEvent extends Progress {
  event: 'paused' | 'resumed';
}
/** The model now holds other weights: those of `weights_step`. */
export interface WeightsEvent extends Progress {
  event: 'weights';
}
/** The run has ended: all steps done, early, at stop_at_step, or stopped by the user. */
export interface DoneEvent extends Progress {
  event: 'done';
  reason: DoneReason;
}
/**
 * Training cannot go on, for instance after a NaN. The model holds the newest weights that can generate, unless
 * `crashed`: then the core cannot be used any more, and Run.rescued() returns what was kept of the model.
 */
export interface FailedEvent extends Progress {
  event: 'failed';
  message: string;
  crashed: boolean;
}
/** A sentence for the user, for instance why there is no validation. */
export interface NoteEvent extends Progress {
  event: 'note';
  message: string;
  /** What a note on the number of threads says. */
  threads?: ThreadChange;
}

/** `patience`: early, because validation did not improve any more. */
export type DoneReason = 'max_steps' | 'patience' | 'stop_at_step' | 'stopped';

/** Whether the run is complete; otherwise it can go on. */
export function isOver(reason: DoneReason): boolean {
  return reason === 'max_steps' || reason === 'patience';
}

export type RunEvent =
  StepEvent | EvalEvent | SampleEvent | PauseEvent | WeightsEvent | DoneEvent | FailedEvent | NoteEvent;

/** An event without the progress that all events have. */
export type EventBody = RunEvent extends infer E
  ? E extends Progress
    ? Omit<E, keyof Progress>
    : never
  : never;

export type RunState = 'ready' | 'running' | 'paused' | 'done' | 'stopped' | 'failed';

/** Before the first step of this session. */
export function noProgress(step: number, max_steps: number, weights_step: number): Progress {
  return {
    step,
    max_steps,
    weights_step,
    train_loss: null,
    val_loss: null,
    train_bits_per_byte: null,
    val_bits_per_byte: null,
    lr: 0,
    grad_norm: null,
    tokens: 0,
    tokens_per_s: 0,
    elapsed_s: 0,
    eta_s: null,
  };
}

/** The progress after an event of the core. */
export function withTrainEvent(progress: Progress, event: TrainEvent): Progress {
  const { kind: _kind, message: _message, ...figures } = event;
  const known = Object.entries(figures).map(([name, value]) => [name, Number.isFinite(value) ? value : null]);
  return { ...progress, ...(Object.fromEntries(known) as Partial<Progress>) };
}
