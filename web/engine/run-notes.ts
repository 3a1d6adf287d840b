// Warns before a run about options that are valid but probably not meant.

import type { Options } from './options.ts';

/** Sentences about a run on a text of `bytes` bytes. */
export function runNotes(options: Options, bytes: number): string[] {
  return NOTES.flatMap((note) => note(options, bytes) ?? []);
}

type Note = (options: Options, bytes: number) => string | undefined;

const NOTES: readonly Note[] = [
  validationShort,
  warmup,
  noLearningRate,
  constantLearningRate,
  weightDecay,
  validationMissing,
  validationRare,
  patienceTooLong,
  stopAtStep,
  sampleEvery,
];

/** The core's own sentence, before the core counts the tokens; with bpe the number of tokens is not known yet. */
function validationShort({ tokenizer, val_fraction, seq_len }: Options, bytes: number): string | undefined {
  const part = Math.floor(val_fraction * bytes);
  const enough = Math.min(part, bytes - part) > seq_len;
  if (tokenizer !== 'byte' || val_fraction === 0 || bytes === 0 || enough) return undefined;
  return (
    `The text is too short to set ${part} tokens aside for validation with a context of ${seq_len}, ` +
    'so all of it is trained on and no validation loss is shown.'
  );
}

function warmup({ warmup_steps, max_steps }: Options): string | undefined {
  if (warmup_steps === 0 || warmup_steps < max_steps) return undefined;
  return (
    `The warm-up (warmup_steps ${warmup_steps}) is not over when the run is (max_steps ${max_steps}), ` +
    'so the learning rate only rises and never falls.'
  );
}

function noLearningRate({ lr, muon_lr, optimizer }: Options): string | undefined {
  if (lr === 0 && (optimizer !== 'muon' || muon_lr === 0))
    return 'The learning rate is 0 (lr), so the model will learn nothing.';
  if (optimizer !== 'muon' || (lr > 0 && muon_lr > 0)) return undefined;
  return lr === 0
    ? 'The learning rate is 0 (lr), so the embeddings and norms will learn nothing; only Muon’s matrices will.'
    : 'The learning rate of Muon is 0 (muon_lr), so the matrices inside the layers will learn nothing.';
}

function constantLearningRate({
  lr,
  min_lr,
  schedule,
  decay_fraction,
  optimizer,
}: Options): string | undefined {
  if (lr === 0) return undefined;
  if (schedule === 'wsd' && decay_fraction === 0)
    return 'The decay part is 0 (decay_fraction), so the learning rate never falls, and the loss will end higher than it could.';
  if (min_lr < lr) return undefined;
  const both = optimizer === 'muon' ? ' (and Muon’s with it)' : '';
  return `The final learning rate is the learning rate (min_lr and lr are ${lr}), so it never falls${both}, and the loss will end higher than it could.`;
}

function weightDecay({ lr, weight_decay }: Options): string | undefined {
  if (lr * weight_decay < 1) return undefined;
  return `lr (${lr}) times weight_decay (${weight_decay}) is 1 or more, so every step discards all that was learned before; lower one of them.`;
}

function validationMissing({ val_fraction, patience }: Options): string | undefined {
  if (val_fraction > 0 || patience === 0) return undefined;
  return (
    'No part of the text is kept for validation (val_fraction 0), so nothing shows whether the model memorizes ' +
    'the text, and patience cannot end the run early.'
  );
}

function validationRare({ val_fraction, eval_every, max_steps, patience }: Options): string | undefined {
  const onlyAtEnd = eval_every > max_steps || (eval_every === 0 && patience > 0);
  if (val_fraction === 0 || !onlyAtEnd) return undefined;
  const why = eval_every === 0 ? 'eval_every 0' : `eval_every ${eval_every}, max_steps ${max_steps}`;
  const early = patience > 0 ? ', and patience cannot end the run early' : '';
  return `Validation is measured only at the end (${why})${early}.`;
}

/** The first validation is the best so far; `patience` worse ones must follow before the last step. */
function patienceTooLong({ val_fraction, eval_every, max_steps, patience }: Options): string | undefined {
  const possible = (patience + 1) * eval_every < max_steps;
  const due = val_fraction > 0 && eval_every > 0 && eval_every <= max_steps;
  if (patience === 0 || !due || possible) return undefined;
  return (
    `Patience (patience ${patience}) cannot end the run early: it waits for ${patience} validations without a better ` +
    `loss, and one every ${eval_every} steps (eval_every) is too rare for that in ${max_steps} (max_steps).`
  );
}

function stopAtStep({ stop_at_step, max_steps }: Options): string | undefined {
  if (stop_at_step <= max_steps) return undefined;
  return `The run has ${max_steps} steps (max_steps), so it never reaches stop_at_step ${stop_at_step}.`;
}

function sampleEvery({ sample_every, max_steps }: Options): string | undefined {
  if (sample_every <= max_steps) return undefined;
  return `The run has ${max_steps} steps (max_steps), so no sample is generated every ${sample_every} (sample_every).`;
}
