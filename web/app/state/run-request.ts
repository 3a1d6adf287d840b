// Makes the request that starts a run from the forms of the page. Invalid fields are errors, never replaced by defaults.

import { sampleOptions } from '../../engine/convert.ts';
import type { LiveSample } from '../../engine/live-sample.ts';
import { optionsOf, type Options } from '../../engine/options.ts';
import { finetuneRates } from '../../engine/presets.ts';
import type { StartMode } from '../../worker/protocol.ts';
import type { OptionForm } from './option-form.svelte.ts';
import { words } from '../words/words.ts';

export interface Forms {
  form: OptionForm;
  finetuning: OptionForm;
  sampling: OptionForm;
}

const SAMPLE_EVERY_S = 3;

/** Sampling options of live samples that do not follow Generate. */
const OWN = { n: 1, max_new_tokens: 240, stop: [], cache: true, int8: false, prompt: '' };

/** Live samples share the other sampling options with Generate, and the seed with the run. */
const SHARED = optionsOf('sample')
  .map(({ name }) => name)
  .filter((name) => !(name in OWN) && name !== 'seed');

/** Error messages of the fields that the run reads. */
export function startProblems({ form, finetuning, sampling }: Forms, finetuned: boolean): string[] {
  const sampleProblems = SHARED.flatMap((name) => sampling.problem(name) ?? []);
  return [
    ...form.problems,
    ...(finetuned ? finetuning.problems : []),
    ...sampleProblems.map((problem) => words.run.sampleOptions(problem)),
  ];
}

export function liveSample({ form, sampling }: Forms): LiveSample {
  const shared = Object.fromEntries(SHARED.map((name) => [name, sampling.values[name]]));
  const options = sampleOptions({ ...form.values, ...shared, ...OWN });
  return { options, prompt: OWN.prompt, every_s: SAMPLE_EVERY_S };
}

/** All options of a run; `finetuned` adds those of the fine-tuning form. */
export function runOptions(
  { form, finetuning }: Pick<Forms, 'form' | 'finetuning'>,
  finetuned: boolean,
): Options {
  if (!finetuned) return { ...form.values };
  const { values } = finetuning;
  const own = Object.fromEntries(optionsOf('finetune').map(({ name }) => [name, values[name]]));
  return { ...form.values, ...finetuneRates({ lr: values.lr }), ...own };
}

/** Whether a run in this mode uses the fine-tuning form. */
export function isFinetuned(mode: StartMode, resumedIsFinetuned: boolean): boolean {
  return mode === 'finetune' || (mode === 'resume' && resumedIsFinetuned);
}
