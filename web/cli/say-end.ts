// The last lines of a training run: what came of it, where it is, and what to do next.

import type { RunEnd } from '../engine/run.ts';
import { formatBytes, formatCount, formatLoss, formatTime, shellWord } from './format.ts';
import { say, strong } from './terminal.ts';

interface Where {
  corpusFile: string;
  out: string;
}

export function sayEnd(end: RunEnd, where: Where, savedBytes: number | undefined): void {
  const out = shellWord(where.out);
  if (end.event === 'done' && end.reason === 'max_steps') {
    say(
      `${strong('Done')}    ${formatCount(end.step)} steps in ${formatTime(end.elapsed_s)}; ${losses(end)}`,
    );
  } else if (end.event === 'done') {
    say(
      `${strong('Stopped')} at step ${formatCount(end.step)} of ${formatCount(end.max_steps)}; ${losses(end)}`,
    );
  }
  if (savedBytes === undefined) {
    if (end.step > 0)
      say(`${strong('Saved')}   nothing new: ${where.out} is as the last save on the way left it`);
    return;
  }
  say(`${strong('Saved')}   ${where.out} (${formatBytes(savedBytes)})`);
  if (end.event === 'done' && end.reason !== 'max_steps')
    say(`${strong('Go on')}   npx mini-llm train ${shellWord(where.corpusFile)} --resume ${out}`);
  say(`${strong('Try it')}  npx mini-llm generate ${out} --prompt "Once"`);
}

function losses(end: RunEnd): string {
  const bits = end.val_bits_per_byte;
  return end.val_loss === null
    ? `training loss ${formatLoss(end.train_loss)} nats a byte`
    : `validation loss ${formatLoss(end.val_loss)} nats a byte (${formatLoss(bits)} bits)`;
}
