// The end of a training run: the profile, the loss, where the model is saved, and what to run next.

import { profileTable } from '../engine/bench/tables.ts';
import { isOver } from '../engine/events.ts';
import { counted, formatBytes, formatCount, formatDuration, formatLoss } from '../engine/format.ts';
import type { Options } from '../engine/options.ts';
import { profileOf } from '../engine/profile.ts';
import type { Run, RunEnd } from '../engine/run.ts';
import { bold, print, printJson, say, textTable } from './terminal.ts';

export interface Saved {
  /** Size of the model file; undefined if the end of the run saved nothing. */
  bytes: number | undefined;
  /** The last step of an automatic save. */
  autosaved_step: number | undefined;
  /** Where the weights of the last step are, if the model file has earlier ones. */
  last: 'none' | 'lost' | { file: string };
}

export function printSummary(
  end: RunEnd,
  { tokenizer, lora_rank }: Pick<Options, 'tokenizer' | 'lora_rank'>,
  { corpusFile, out }: { corpusFile: string; out: string },
  { bytes, autosaved_step, last }: Saved,
): void {
  if (end.event === 'done') say(endLine(end, tokenizer));
  if (bytes === undefined) {
    if (autosaved_step !== undefined)
      say(`${bold('Saved')}   ${out} holds step ${formatCount(autosaved_step)}, saved during training`);
    else if (end.step > 0) say(`${bold('Saved')}   nothing: the run ended before its first save`);
    return;
  }
  say(`${bold('Saved')}   ${out} (${formatBytes(bytes)})`);
  if (last !== 'none') say(`${bold('Last')}    ${lastWeights(formatCount(end.step), last)}`);
  const file = shellWord(out);
  if (end.event === 'done' && !isOver(end.reason))
    say(`${bold('Resume')}  npx mini-llm train ${shellWord(corpusFile)} --resume ${file}`);
  if (lora_rank > 0 && end.event === 'done')
    say(`${bold('Adapter')} npx mini-llm export ${file} --adapter adapter.safetensors`);
  say(`${bold('Try it')}  npx mini-llm generate ${file} --prompt "Once"`);
}

function endLine(end: RunEnd & { event: 'done' }, tokenizer: Options['tokenizer']): string {
  const all = formatCount(end.max_steps);
  if (!isOver(end.reason))
    return `${bold('Stopped')} at step ${formatCount(end.step)} of ${all}; ${losses(end, tokenizer)}`;
  const [word, of] = end.reason === 'patience' ? ['Ended', ` of ${all}`] : ['Done', ''];
  const restored =
    end.weights_step === end.step ? '' : `, with the weights of step ${formatCount(end.weights_step)}`;
  return (
    `${bold(word.padEnd(7))} ${counted(end.step, 'step')}${of} in ${formatDuration(end.elapsed_s)}${restored}; ` +
    losses(end, tokenizer)
  );
}

function lastWeights(step: string, last: 'lost' | { file: string }): string {
  return last === 'lost'
    ? `the weights of step ${step} may be more fluent but quote the text; --out_last FILE saves them too`
    : `the weights of step ${step} are in ${last.file}`;
}

function losses(end: RunEnd, tokenizer: Options['tokenizer']): string {
  const [name, loss, bits] =
    end.val_loss === null
      ? ['training', end.train_loss, end.train_bits_per_byte]
      : ['validation', end.val_loss, end.val_bits_per_byte];
  const unit = tokenizer === 'byte' ? 'byte' : 'token';
  return `${name} loss ${formatLoss(loss)} nats per ${unit} (${formatLoss(bits)} bits per byte)`;
}

/** Quotes a path so that it can be pasted into a shell. */
function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Prints the time of each operation, as a table or as one line of JSON; nothing if the run made no step. */
export function printProfile(run: Run, firstStep: number, json: boolean): void {
  const { step, elapsed_s } = run.progress;
  const steps = step - firstStep;
  if (steps === 0) return;
  const profile = profileOf(run.trainer.profile(), steps, elapsed_s * 1000);
  if (json) {
    printJson({ event: 'profile', ...profile });
    return;
  }
  const { variant, threads } = run.engine;
  const title =
    `Time of each operation in ${formatCount(steps)} steps, calls per step (${variant} build); ` +
    'the rest is batches, validation, samples and saving';
  print(`${textTable(profileTable(title, [{ ...profile, threads }]))}\n`);
}
