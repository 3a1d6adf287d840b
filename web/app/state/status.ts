// The status line under the buttons, and the title of the browser tab.

import { counted, formatCount } from '../../engine/format.ts';
import { canResume, type OpenModel } from './open-model.ts';
import type { Training } from './training.svelte.ts';

type Shown = Pick<Training, 'stage' | 'learned' | 'progress' | 'end' | 'choice'>;

/** `changing` describes another change of the model in progress, or is ''. */
export function statusOf(training: Shown, model: OpenModel | undefined, changing: string): string {
  if (training.stage === 'starting')
    return training.learned === undefined
      ? 'Preparing …'
      : `Learning the vocabulary … ${Math.floor(100 * training.learned)} %`;
  if (changing !== '') return changing;
  const step = formatCount(training.progress?.step ?? 0);
  switch (training.stage) {
    case 'idle':
      return model?.file
        ? 'The model is open. Give it a prompt under “Write”.'
        : 'Ready. Press Train to begin.';
    case 'running':
      return 'Training: noise turns into letters, then words.';
    case 'paused':
      return `Paused after step ${step}.`;
    case 'stopped':
      return `Stopped after step ${step}. Resume continues with this model, Train starts a new one.`;
    case 'done':
      return doneStatus(training);
    case 'failed':
      return model ? failedStatus(training, model) : 'Training failed.';
  }
}

function failedStatus({ progress }: Shown, model: OpenModel): string {
  const step = formatCount(model.file?.info.step ?? progress?.weights_step ?? 0);
  const how = canResume(model) ? 'Resume' : '“Fine-tune on this text”';
  return `Training failed. The weights of step ${step} are kept: you can generate with them, save them, and continue with ${how}.`;
}

function doneStatus({ end, progress, choice }: Shown): string {
  const steps = counted(progress?.step ?? 0, 'step');
  if (!choice) return `Done: all ${steps}. Give the model a prompt under “Write”.`;
  const best = formatCount(choice.best);
  const inUse =
    progress?.weights_step === choice.last
      ? `the weights of the last step (${formatCount(choice.last)}) are in use`
      : 'its weights were restored';
  return end?.reason === 'patience'
    ? `Stopped early: no improvement since step ${best}; ${inUse}.`
    : `Done: all ${steps}. Step ${best} has the best validation loss; ${inUse}.`;
}

/** The title of the browser tab shows the progress while another tab is open. */
export function titleOf(
  { stage, progress, end }: Pick<Training, 'stage' | 'progress' | 'end'>,
  name: string,
): string {
  const percent = progress ? `${Math.floor((100 * progress.step) / progress.max_steps)} %` : '';
  switch (stage) {
    case 'idle':
      return name;
    case 'starting':
      return `Preparing … · ${name}`;
    case 'running':
      return percent ? `${percent} · ${name}` : name;
    case 'paused':
      return `Paused at ${percent} · ${name}`;
    case 'stopped':
      return `Stopped at ${percent} · ${name}`;
    case 'done':
      return `${end?.reason === 'patience' ? `Stopped early at ${percent}` : 'Done'} · ${name}`;
    case 'failed':
      return `Failed · ${name}`;
  }
}
