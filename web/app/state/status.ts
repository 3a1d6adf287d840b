// The line under the buttons: what happens right now, and what can be done next.

import { counted, formatCount } from '../../engine/format.ts';
import { canResume, type OpenModel } from './open-model.ts';
import type { Training } from './training.svelte.ts';

type Shown = Pick<Training, 'stage' | 'learnt' | 'progress' | 'end' | 'choice'>;

/** `changing` is what else is under way, if anything is. */
export function statusOf(training: Shown, model: OpenModel | undefined, changing: string): string {
  if (training.stage === 'starting')
    return training.learnt === undefined
      ? 'Preparing …'
      : `Learning the vocabulary … ${Math.floor(100 * training.learnt)} %`;
  if (changing !== '') return changing;
  const step = formatCount(training.progress?.step ?? 0);
  switch (training.stage) {
    case 'idle':
      return model?.file
        ? 'The opened model can write below.'
        : 'Ready. Press Train; the first lines appear within seconds.';
    case 'running':
      return 'Training. Gibberish at first; watch it turn into words.';
    case 'paused':
      return `Paused after step ${step}. The model waits.`;
    case 'stopped':
      return `Ended after step ${step}. Resume goes on with this model, Train begins a new one.`;
    case 'done':
      return doneStatus(training);
    case 'failed':
      return model ? failedStatus(training, model) : 'Training ended early.';
  }
}

function failedStatus({ progress }: Shown, model: OpenModel): string {
  const step = formatCount(model.file?.info.step ?? progress?.weights_step ?? 0);
  const how = canResume(model) ? 'Resume' : '“Continue on this text”';
  return `Training ended early. The weights of step ${step} are kept: they can write below and be saved, and ${how} goes on with them.`;
}

function doneStatus({ end, progress, choice }: Shown): string {
  const steps = counted(progress?.step ?? 0, 'step');
  if (!choice) return `Done: all ${steps}. The model can write below.`;
  const best = formatCount(choice.best);
  const kept =
    progress?.weights_step === choice.last
      ? `the weights of the last step (${formatCount(choice.last)}) are in use`
      : 'its weights were restored';
  return end?.reason === 'patience'
    ? `Stopped early: no improvement since step ${best}; ${kept}.`
    : `Done: all ${steps}. Step ${best} validated best; ${kept}.`;
}

/** What the tab is called, so that progress is seen from another one. */
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
      return `Ended early · ${name}`;
  }
}
