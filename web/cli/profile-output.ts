// What --profile asks for: the operations of the training steps, the costliest first.

import { profileTable } from '../engine/bench/tables.ts';
import { profileOf } from '../engine/profile.ts';
import type { Run } from '../engine/run.ts';
import { textTable } from './bench-table.ts';
import { formatCount } from '../engine/format.ts';
import { put, putJson } from './terminal.ts';

/** As a table, or as one more object a line; nothing when no step was made. */
export function putProfile(run: Run, firstStep: number, json: boolean): void {
  const { step, elapsed_s } = run.progress;
  const steps = step - firstStep;
  if (steps === 0) return;
  const profile = profileOf(run.trainer.profile(), steps, elapsed_s * 1000);
  if (json) {
    putJson({ event: 'profile', ...profile });
    return;
  }
  const { variant, threads } = run.engine;
  const title =
    `Where the time of ${formatCount(steps)} steps went, calls a step (${variant} build); ` +
    'the rest is batches, validation, samples and saving';
  put(`${textTable(profileTable(title, [{ ...profile, threads }]))}\n`);
}
