// The status line under the buttons, and the title of the browser tab.

import { words } from '../words/words.ts';
import { canResume, type OpenModel } from './open-model.ts';
import type { Training } from './training.svelte.ts';

type Shown = Pick<Training, 'stage' | 'learned' | 'progress' | 'end' | 'choice'>;

/** `changing` describes another change of the model in progress, or is ''. */
export function statusOf(training: Shown, model: OpenModel | undefined, changing: string): string {
  const { status } = words;
  if (training.stage === 'starting')
    return training.learned === undefined
      ? status.preparing
      : status.learning(Math.floor(100 * training.learned) / 100);
  if (changing !== '') return changing;
  const step = training.progress?.step ?? 0;
  switch (training.stage) {
    case 'idle':
      return model?.file ? status.opened : status.ready;
    case 'running':
      return status.running;
    case 'paused':
      return status.paused(step);
    case 'stopped':
      return status.stopped(step);
    case 'done':
      return doneStatus(training);
    case 'failed':
      return model ? failedStatus(training, model) : status.failed;
  }
}

function failedStatus({ progress }: Shown, model: OpenModel): string {
  const step = model.file?.info.step ?? progress?.weights_step ?? 0;
  return words.status.failedKept(step, canResume(model));
}

function doneStatus({ end, progress, choice }: Shown): string {
  const { status } = words;
  const step = progress?.step ?? 0;
  if (!choice) return status.done(step);
  const last = progress?.weights_step === choice.last ? choice.last : undefined;
  return end?.reason === 'patience'
    ? status.stoppedEarly(choice.best, last)
    : status.doneBest(step, choice.best, last);
}

/** The title of the browser tab shows the progress while another tab is open. */
export function titleOf(training: Pick<Training, 'stage' | 'progress' | 'end'>, name: string): string {
  const state = stateOf(training);
  return state === '' ? name : `${state} · ${name}`;
}

function stateOf({ stage, progress, end }: Pick<Training, 'stage' | 'progress' | 'end'>): string {
  const { title, format } = words;
  const share = progress ? format.percent(Math.floor((100 * progress.step) / progress.max_steps) / 100) : '';
  switch (stage) {
    case 'idle':
      return '';
    case 'starting':
      return title.preparing;
    case 'running':
      return share;
    case 'paused':
      return title.paused(share);
    case 'stopped':
      return title.stopped(share);
    case 'done':
      return end?.reason === 'patience' ? title.stoppedEarly(share) : title.done;
    case 'failed':
      return title.failed;
  }
}
