// The first lines of a training run: what it trains on, what it trains, and how long that takes.

import { counted, formatBytes, formatCount, formatDuration } from '../engine/format.ts';
import type { Corpus } from '../engine/corpus.ts';
import type { Tokenizer } from '../engine/core-objects.ts';
import type { Engine } from '../engine/engine.ts';
import { estimate } from '../engine/estimate.ts';
import { explainDefaults } from '../engine/text-defaults.ts';
import type { Prepared } from '../engine/prepare.ts';
import { bytesPerToken } from '../engine/token-pieces.ts';
import { bold, say } from './terminal.ts';

/** Long enough to measure the processor's speed, short enough not to be noticed. */
const CALIBRATE_MS = 60;

export function printBanner(
  engine: Engine,
  prepared: Prepared,
  { corpus, out }: { corpus: Corpus; out: string },
): void {
  const { options: o, trainer } = prepared;
  const unit = o.tokenizer === 'byte' ? 'bytes' : 'tokens';
  const firstStep = trainer.step();
  const e = estimate(engine, o, corpus.bytes.length, engine.gemmPeak(CALIBRATE_MS));
  const last = o.stop_at_step > 0 ? Math.min(o.stop_at_step, o.max_steps) : o.max_steps;
  const seconds = (Math.max(0, last - firstStep) * e.ms_per_step) / 1000;
  const validation = trainer.hasValidation()
    ? `; the last ${Math.round(o.val_fraction * 100)} % are kept for validation`
    : '';
  say(`${bold('Text')}    ${corpus.name}, ${formatBytes(corpus.bytes.length)}${validation}`);
  if (corpus.encoding !== 'utf-8') say(previewText(corpus));
  if (o.tokenizer === 'bpe') say(`${bold('Tokens')}  ${tokensText(trainer.model().tokenizer(), corpus)}`);
  say(
    `${bold('Model')}   ${formatCount(e.n_parameters)} parameters: ${o.arch}, ${counted(o.n_layer, 'layer')}, ${counted(o.n_head, 'head')}, ` +
      `width ${o.n_embd}, context ${o.seq_len} ${unit}`,
  );
  say(
    `${bold('Work')}    ${firstStep > 0 ? `steps ${formatCount(firstStep)} to ${formatCount(last)}` : counted(last, 'step')}, each of ` +
      `${formatCount(o.batch_size * o.grad_accum)} × ${o.seq_len} ${unit}; about ${formatDuration(Math.max(1, seconds))} and ` +
      `${formatBytes(prepared.memory_bytes)} of memory`,
  );
  say(
    `${bold('Core')}    ${engine.variant} build, ${counted(engine.threads, 'thread')}. ${engine.choice.why}`,
  );
  say(`${bold('Saves')}   to ${out}, also during training; Ctrl-C saves and exits`);
  for (const note of engine.choice.notes) say(note);
  const why = firstStep > 0 ? '' : explainDefaults(o, corpus.bytes.length);
  if (why !== '') say(why);
}

function previewText({ preview, encoding }: Corpus): string {
  return `        in ${encoding}: “${preview}”; if these letters are wrong, name the encoding with --encoding`;
}

/** Enough text to measure the average length of a token. */
const SAMPLE_BYTES = 100_000;

function tokensText(tokenizer: Tokenizer, { bytes }: Corpus): string {
  const length = bytesPerToken(tokenizer, bytes.subarray(0, SAMPLE_BYTES)).toFixed(1);
  return `vocabulary of ${formatCount(tokenizer.vocabSize())}; a token has ${length} bytes on average`;
}
