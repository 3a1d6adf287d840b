// The last lines of a training run: what came of it, where it is, and what to do next.

import { counted, formatBytes, formatCount, formatDuration, formatLoss } from '../engine/format.ts';
import { shellWord } from './shell-word.ts';
import type { Options } from '../engine/options.ts';
import { isOver } from '../engine/events.ts';
import type { RunEnd } from '../engine/run.ts';
import { say, strong } from './terminal.ts';

interface Where {
  corpusFile: string;
  out: string;
}

export function sayEnd(
  end: RunEnd,
  { tokenizer, lora_rank }: Pick<Options, 'tokenizer' | 'lora_rank'>,
  where: Where,
  saved: { bytes: number | undefined; last: 'none' | 'lost' | 'saved'; autosaved_step: number | undefined },
): void {
  const out = shellWord(where.out);
  if (end.event === 'done' && isOver(end.reason)) {
    const early = end.reason === 'patience' ? ` of ${formatCount(end.max_steps)}` : '';
    const restored =
      end.weights_step === end.step ? '' : `, with the weights of step ${formatCount(end.weights_step)}`;
    say(
      `${strong(end.reason === 'patience' ? 'Ended' : 'Done')}    ${counted(end.step, 'step')}${early} in ` +
        `${formatDuration(end.elapsed_s)}${restored}; ${losses(end, tokenizer)}`,
    );
  } else if (end.event === 'done') {
    say(
      `${strong('Stopped')} at step ${formatCount(end.step)} of ${formatCount(end.max_steps)}; ${losses(end, tokenizer)}`,
    );
  }
  if (saved.bytes === undefined) {
    const { autosaved_step: step } = saved;
    if (step !== undefined)
      say(`${strong('Saved')}   ${where.out} holds step ${formatCount(step)}, as saved on the way`);
    else if (end.step > 0) say(`${strong('Saved')}   nothing; there was no save on the way`);
    return;
  }
  say(`${strong('Saved')}   ${where.out} (${formatBytes(saved.bytes)})`);
  if (saved.last === 'saved')
    say(`${strong('Last')}    the weights of step ${formatCount(end.step)} are in the file of --out_last`);
  if (saved.last === 'lost')
    say(
      `${strong('Last')}    those of step ${formatCount(end.step)} may be more fluent but quote the text; --out_last FILE keeps them too`,
    );
  if (end.event === 'done' && !isOver(end.reason))
    say(`${strong('Go on')}   npx mini-llm train ${shellWord(where.corpusFile)} --resume ${out}`);
  if (lora_rank > 0 && end.event === 'done')
    say(`${strong('Apart')}   npx mini-llm info ${out} --adapter adapter.safetensors`);
  say(`${strong('Try it')}  npx mini-llm generate ${out} --prompt "Once"`);
}

function losses(end: RunEnd, tokenizer: Options['tokenizer']): string {
  const [name, loss, bits] =
    end.val_loss === null
      ? ['training', end.train_loss, end.train_bits_per_byte]
      : ['validation', end.val_loss, end.val_bits_per_byte];
  const unit = tokenizer === 'byte' ? 'byte' : 'token';
  return `${name} loss ${formatLoss(loss)} nats a ${unit} (${formatLoss(bits)} bits a byte)`;
}
