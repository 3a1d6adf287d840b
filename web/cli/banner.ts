// What is about to happen, for somebody who has never trained a model.

import { counted, formatBytes, formatCount, formatDuration } from '../engine/format.ts';
import type { Corpus } from '../engine/corpus.ts';
import type { Tokenizer } from '../engine/core-objects.ts';
import type { Engine } from '../engine/engine.ts';
import { estimate } from '../engine/estimate.ts';
import { explainDefaults } from '../engine/text-defaults.ts';
import type { Prepared } from '../engine/prepare.ts';
import { bytesPerToken } from '../engine/token-pieces.ts';
import { say, strong } from './terminal.ts';

/** Long enough to see what the processor can do, short enough not to be noticed. */
const CALIBRATE_MS = 60;

export function introduce(
  engine: Engine,
  prepared: Prepared,
  { corpus, out }: { corpus: Corpus; out: string },
): void {
  const { options: o, trainer } = prepared;
  const unit = o.tokenizer === 'byte' ? 'bytes' : 'tokens';
  const begun = trainer.step();
  const e = estimate(engine, o, corpus.bytes.length, engine.gemmPeak(CALIBRATE_MS));
  const last = o.stop_at_step > 0 ? Math.min(o.stop_at_step, o.max_steps) : o.max_steps;
  const seconds = (Math.max(0, last - begun) * e.ms_per_step) / 1000;
  const held = trainer.hasValidation()
    ? `, the last ${Math.round(o.val_fraction * 100)} % kept apart to measure with`
    : '';
  say(`${strong('Text')}    ${corpus.name}, ${formatBytes(corpus.bytes.length)}${held}`);
  if (corpus.encoding !== 'utf-8') say(previewText(corpus));
  if (o.tokenizer === 'bpe') say(`${strong('Tokens')}  ${tokensText(trainer.model().tokenizer(), corpus)}`);
  say(
    `${strong('Model')}   ${formatCount(e.n_parameters)} parameters: ${o.arch}, ${counted(o.n_layer, 'layer')}, ${counted(o.n_head, 'head')}, ` +
      `width ${o.n_embd}, context ${o.seq_len} ${unit}`,
  );
  say(
    `${strong('Work')}    ${begun > 0 ? `from step ${formatCount(begun)} to ${formatCount(last)}` : counted(last, 'step')} of ` +
      `${formatCount(o.batch_size * o.grad_accum)} × ${o.seq_len} ${unit}; about ${formatDuration(Math.max(1, seconds))} and ` +
      `${formatBytes(prepared.memory_bytes)} of memory`,
  );
  say(
    `${strong('Core')}    ${engine.variant} build, ${counted(engine.threads, 'thread')}. ${engine.choice.why}`,
  );
  say(`${strong('Saves')}   to ${out}, also on the way; Ctrl-C saves and leaves`);
  for (const note of engine.choice.notes) say(note);
  const why = begun > 0 ? '' : explainDefaults(o, corpus.bytes.length);
  if (why !== '') say(why);
}

function previewText({ preview, encoding }: Corpus): string {
  return `        in ${encoding}: “${preview}”; if these are the wrong letters, name another with --encoding`;
}

/** As much of the text as tells how long its tokens are. */
const SOME_BYTES = 100_000;

function tokensText(tokenizer: Tokenizer, { bytes }: Corpus): string {
  const length = bytesPerToken(tokenizer, bytes.subarray(0, SOME_BYTES)).toFixed(1);
  return `${formatCount(tokenizer.vocabSize())} different ones, of ${length} bytes on average`;
}
