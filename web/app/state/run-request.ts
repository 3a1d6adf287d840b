// What a run is begun with, out of the page's fields. A field that means nothing is told, never replaced by a default.

import { sampleOptions } from '../../engine/convert.ts';
import type { LiveSample } from '../../engine/index.ts';
import type { OptionName, Options } from '../../engine/options.ts';
import { finetuneRates } from '../../engine/presets.ts';
import type { StartMode } from '../../worker/protocol.ts';
import type { OptionForm } from './option-form.svelte.ts';

export interface Forms {
  form: OptionForm;
  finetuning: OptionForm;
  sampling: OptionForm;
}

/** What live samples take from the fields of Generate: how bold they are, not how many, how long or by what means. */
const FOLLOWED: readonly OptionName[] = ['temp', 'top_k', 'top_p', 'min_p', 'repetition_penalty'];

const SAMPLE_EVERY_S = 3;
const SAMPLE_LENGTH = 240;

/** Sentences on the fields that such a run reads. */
export function startProblems({ form, finetuning, sampling }: Forms, finetuned: boolean): string[] {
  const followed = FOLLOWED.flatMap((name) => sampling.problem(name) ?? []);
  return [
    ...form.problems,
    ...(finetuned ? finetuning.problems : []),
    ...followed.map((problem) => `Live samples are written as Generate writes: ${problem}`),
  ];
}

export function liveSample({ form, sampling }: Forms): LiveSample {
  const { temp, top_k, top_p, min_p, repetition_penalty } = sampling.values;
  const followed = { temp, top_k, top_p, min_p, repetition_penalty };
  const own = { n: 1, max_new_tokens: SAMPLE_LENGTH, stop: [], cache: true, int8: false };
  const options = sampleOptions({ ...form.values, ...followed, ...own });
  return { options, prompt: '', every_s: SAMPLE_EVERY_S };
}

/** All options of a run; `finetuned` for one on another text, as the fields of “Continue on this text” say. */
export function runOptions(
  { form, finetuning }: Pick<Forms, 'form' | 'finetuning'>,
  finetuned: boolean,
): Options {
  if (!finetuned) return { ...form.values };
  const { lr, freeze_layers, lora_rank, lora_alpha } = finetuning.values;
  return { ...form.values, ...finetuneRates({ lr }), freeze_layers, lora_rank, lora_alpha };
}

/** Whether a run in this mode follows the fields of “Continue on this text”. */
export function isFinetuned(mode: StartMode, resumedIsFinetuned: boolean): boolean {
  return mode === 'finetune' || (mode === 'resume' && resumedIsFinetuned);
}
