// Warns before a run about options that are valid but probably not meant.

import type { Options } from './options.ts';

/** The sentences, here in English. Names of options stand in parentheses. */
export const RUN_NOTES = {
  // The core's own sentence, before the core counts the tokens.
  validationShort: (part: number, seq_len: number) =>
    `The text is too short to set ${part} tokens aside for validation with a context of ${seq_len}, ` +
    'so all of it is trained on and no validation loss is shown.',
  warmup: (warmup_steps: number, max_steps: number) =>
    `The warm-up (warmup_steps ${warmup_steps}) is not over when the run is (max_steps ${max_steps}), ` +
    'so the learning rate only rises and never falls.',
  noLearningRate: 'The learning rate is 0 (lr), so the model will learn nothing.',
  onlyMuonLearns:
    'The learning rate is 0 (lr), so the embeddings and norms will learn nothing; only Muon’s matrices will.',
  muonLearnsNothing:
    'The learning rate of Muon is 0 (muon_lr), so the matrices inside the layers will learn nothing.',
  neverDecays:
    'The decay part is 0 (decay_fraction), so the learning rate never falls, and the loss will end higher than it could.',
  constantLearningRate: (lr: number, muon: boolean) =>
    `The final learning rate is the learning rate (min_lr and lr are ${lr}), so it never falls` +
    `${muon ? ' (and Muon’s with it)' : ''}, and the loss will end higher than it could.`,
  weightDecay: (lr: number, weight_decay: number) =>
    `lr (${lr}) times weight_decay (${weight_decay}) is 1 or more, so every step discards all that was learned before; lower one of them.`,
  validationMissing:
    'No part of the text is kept for validation (val_fraction 0), so nothing shows whether the model memorizes ' +
    'the text, and patience cannot end the run early.',
  /** `why` names the options. */
  validationRare: (why: string, patience: boolean) =>
    `Validation is measured only at the end (${why})${patience ? ', and patience cannot end the run early' : ''}.`,
  patienceTooLong: (patience: number, eval_every: number, max_steps: number) =>
    `Patience (patience ${patience}) cannot end the run early: it waits for ${patience} validations without a better ` +
    `loss, and one every ${eval_every} steps (eval_every) is too rare for that in ${max_steps} (max_steps).`,
  stopAtStep: (max_steps: number, stop_at_step: number) =>
    `The run has ${max_steps} steps (max_steps), so it never reaches stop_at_step ${stop_at_step}.`,
  sampleEvery: (max_steps: number, sample_every: number) =>
    `The run has ${max_steps} steps (max_steps), so no sample is generated every ${sample_every} (sample_every).`,
};

type Sentences = typeof RUN_NOTES;

/** Sentences about a run on a text of `bytes` bytes. */
export function runNotes(options: Options, bytes: number, say = RUN_NOTES): string[] {
  return NOTES.flatMap((note) => note(options, say, bytes) ?? []);
}

type Note = (options: Options, say: Sentences, bytes: number) => string | undefined;

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

/** With bpe the number of tokens is not known yet. */
function validationShort(
  { tokenizer, val_fraction, seq_len }: Options,
  say: Sentences,
  bytes: number,
): string | undefined {
  const part = Math.floor(val_fraction * bytes);
  const enough = Math.min(part, bytes - part) > seq_len;
  if (tokenizer !== 'byte' || val_fraction === 0 || bytes === 0 || enough) return undefined;
  return say.validationShort(part, seq_len);
}

function warmup({ warmup_steps, max_steps }: Options, say: Sentences): string | undefined {
  if (warmup_steps === 0 || warmup_steps < max_steps) return undefined;
  return say.warmup(warmup_steps, max_steps);
}

function noLearningRate({ lr, muon_lr, optimizer }: Options, say: Sentences): string | undefined {
  if (lr === 0 && (optimizer !== 'muon' || muon_lr === 0)) return say.noLearningRate;
  if (optimizer !== 'muon' || (lr > 0 && muon_lr > 0)) return undefined;
  return lr === 0 ? say.onlyMuonLearns : say.muonLearnsNothing;
}

function constantLearningRate(
  { lr, min_lr, schedule, decay_fraction, optimizer }: Options,
  say: Sentences,
): string | undefined {
  if (lr === 0) return undefined;
  if (schedule === 'wsd' && decay_fraction === 0) return say.neverDecays;
  return min_lr < lr ? undefined : say.constantLearningRate(lr, optimizer === 'muon');
}

function weightDecay({ lr, weight_decay }: Options, say: Sentences): string | undefined {
  return lr * weight_decay < 1 ? undefined : say.weightDecay(lr, weight_decay);
}

function validationMissing({ val_fraction, patience }: Options, say: Sentences): string | undefined {
  return val_fraction > 0 || patience === 0 ? undefined : say.validationMissing;
}

function validationRare(
  { val_fraction, eval_every, max_steps, patience }: Options,
  say: Sentences,
): string | undefined {
  const onlyAtEnd = eval_every > max_steps || (eval_every === 0 && patience > 0);
  if (val_fraction === 0 || !onlyAtEnd) return undefined;
  const why = eval_every === 0 ? 'eval_every 0' : `eval_every ${eval_every}, max_steps ${max_steps}`;
  return say.validationRare(why, patience > 0);
}

/** The first validation is the best so far; `patience` worse ones must follow before the last step. */
function patienceTooLong(
  { val_fraction, eval_every, max_steps, patience }: Options,
  say: Sentences,
): string | undefined {
  const possible = (patience + 1) * eval_every < max_steps;
  const due = val_fraction > 0 && eval_every > 0 && eval_every <= max_steps;
  if (patience === 0 || !due || possible) return undefined;
  return say.patienceTooLong(patience, eval_every, max_steps);
}

function stopAtStep({ stop_at_step, max_steps }: Options, say: Sentences): string | undefined {
  return stop_at_step <= max_steps ? undefined : say.stopAtStep(max_steps, stop_at_step);
}

function sampleEvery({ sample_every, max_steps }: Options, say: Sentences): string | undefined {
  return sample_every <= max_steps ? undefined : say.sampleEvery(max_steps, sample_every);
}
