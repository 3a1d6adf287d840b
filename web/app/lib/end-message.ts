// How a run ended, as a notification says it.

import type { Training } from '../state/training.svelte.ts';
import { words } from '../words/words.ts';

type Ended = Pick<Training, 'stage' | 'end' | 'progress' | 'problem' | 'valLoss' | 'bitsPerByte'>;

/** Undefined if the user has ended the run. */
export function endMessage(run: Ended): { title: string; body: string } | undefined {
  const { done, early, reached, failed } = words.beside;
  if (run.stage === 'failed') return { title: failed, body: run.problem };
  const { end } = run;
  if (!end || end.reason === 'stopped') return undefined;
  const title = { max_steps: done, patience: early, stop_at_step: reached }[end.reason];
  return { title, body: figures(run) };
}

function figures({ progress, valLoss, bitsPerByte }: Ended): string {
  if (!progress) return '';
  const steps = words.beside.figures(progress.step, progress.elapsed_s);
  return valLoss === null
    ? `${steps} ${words.beside.loss(progress.train_loss)}`
    : `${steps} ${words.beside.validation(valLoss, bitsPerByte)}`;
}
