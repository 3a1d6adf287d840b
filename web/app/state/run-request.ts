// Makes the request that starts a run from the forms of the page. Invalid fields are errors, never replaced by defaults.

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

/** The sampling options that live samples share with Generate; their number and length are fixed. */
const SHARED: readonly OptionName[] = ['temp', 'top_k', 'top_p', 'min_p', 'repetition_penalty'];

const SAMPLE_EVERY_S = 3;
const SAMPLE_LENGTH = 240;

/** Error messages of the fields that the run reads. */
export function startProblems({ form, finetuning, sampling }: Forms, finetuned: boolean): string[] {
  const sampleProblems = SHARED.flatMap((name) => sampling.problem(name) ?? []);
  return [
    ...form.problems,
    ...(finetuned ? finetuning.problems : []),
    ...sampleProblems.map((problem) => `Live samples use the options of “Generate text”: ${problem}`),
  ];
}

export function liveSample({ form, sampling }: Forms): LiveSample {
  const { temp, top_k, top_p, min_p, repetition_penalty } = sampling.values;
  const shared = { temp, top_k, top_p, min_p, repetition_penalty };
  const own = { n: 1, max_new_tokens: SAMPLE_LENGTH, stop: [], cache: true, int8: false };
  const options = sampleOptions({ ...form.values, ...shared, ...own });
  return { options, prompt: '', every_s: SAMPLE_EVERY_S };
}

/** All options of a run; `finetuned` adds those of the fine-tuning form. */
export function runOptions(
  { form, finetuning }: Pick<Forms, 'form' | 'finetuning'>,
  finetuned: boolean,
): Options {
  if (!finetuned) return { ...form.values };
  const { lr, freeze_layers, lora_rank, lora_alpha } = finetuning.values;
  return { ...form.values, ...finetuneRates({ lr }), freeze_layers, lora_rank, lora_alpha };
}

/** Whether a run in this mode uses the fine-tuning form. */
export function isFinetuned(mode: StartMode, resumedIsFinetuned: boolean): boolean {
  return mode === 'finetune' || (mode === 'resume' && resumedIsFinetuned);
}
