// What a training run tells: the page draws from these and `mini-llm train --json` prints them, one a line.

/** Where the run stands. Every event carries it; null is "not known yet", since JSON has no NaN. */
export interface Progress {
  /** Steps completed, of max_steps. */
  step: number;
  max_steps: number;
  /** The step that the model's weights are of: earlier than `step` where those that validated best were restored. */
  weights_step: number;
  /** Nats a token. */
  train_loss: number | null;
  val_loss: number | null;
  /** The same by the bytes of text that the tokens stand for, so that tokenizers compare. */
  train_bits_per_byte: number | null;
  val_bits_per_byte: number | null;
  lr: number;
  grad_norm: number | null;
  /** Trained on in this session, and how many a second lately. */
  tokens: number;
  tokens_per_s: number;
  /** Seconds at work, pauses not counted, and seconds to go; null until two steps are done. */
  elapsed_s: number;
  eta_s: number | null;
}

export interface StepEvent extends Progress {
  event: 'step';
}
/** Validation has been measured: val_loss and val_bits_per_byte are new. */
export interface EvalEvent extends Progress {
  event: 'eval';
}
/** A live sample, whole (done) or as far as it has got; text is the continuation without the prompt. */
export interface SampleEvent extends Progress {
  event: 'sample';
  prompt: string;
  text: string;
  done: boolean;
}
export interface PauseEvent extends Progress {
  event: 'paused' | 'resumed';
}
/** The model holds other weights now: those of `weights_step`. */
export interface WeightsEvent extends Progress {
  event: 'weights';
}
/** The run is over: all steps done, stop_at_step reached, or stopped by the user. */
export interface DoneEvent extends Progress {
  event: 'done';
  reason: DoneReason;
}
/**
 * Training cannot go on, for instance after a NaN. The model holds the newest weights that can generate, unless
 * `crashed`: then the core cannot be used any more, and Run.rescued() has what was kept of the model.
 */
export interface FailedEvent extends Progress {
  event: 'failed';
  message: string;
  crashed: boolean;
}
/** A sentence the user should read, for instance why there is no validation. */
export interface NoteEvent extends Progress {
  event: 'note';
  message: string;
}

/** `patience`: early, since validation no longer became better. */
export type DoneReason = 'max_steps' | 'patience' | 'stop_at_step' | 'stopped';

/** Whether nothing is left to do, as against a run that can go on. */
export function isOver(reason: DoneReason): boolean {
  return reason === 'max_steps' || reason === 'patience';
}

export type RunEvent =
  StepEvent | EvalEvent | SampleEvent | PauseEvent | WeightsEvent | DoneEvent | FailedEvent | NoteEvent;

export type RunState = 'ready' | 'running' | 'paused' | 'done' | 'stopped' | 'failed';
