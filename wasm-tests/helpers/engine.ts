// A core for tests, and functions that train and generate.

import { createHash } from 'node:crypto';
import type { RunEvent } from '../../web/engine/events.ts';
import type { Model } from '../../web/engine/core-objects.ts';
import { makeCorpus, type Corpus } from '../../web/engine/corpus.ts';
import type { Engine } from '../../web/engine/engine.ts';
import { generateText, withPiece, type GeneratedSample } from '../../web/engine/generate.ts';
import type { SampleOptions } from '../../web/engine/generated/core-types.ts';
import type { Options } from '../../web/engine/options.ts';
import { prepareTraining } from '../../web/engine/prepare.ts';
import { presetOptions } from '../../web/engine/presets.ts';
import { Run, type RunEnd, type RunSettings } from '../../web/engine/run.ts';
import { loadNodeEngine } from '../../web/engine/node.ts';
import { english } from './texts.ts';

let shared: Promise<Engine> | undefined;

/** One core for a whole test file, on one thread; tests that may break theirs load their own. */
export function sharedEngine(): Promise<Engine> {
  shared ??= loadNodeEngine({ variant: 'baseline' });
  return shared;
}

/** A model so small that twenty steps take milliseconds: GPT-2 on bytes, unless said otherwise. */
export function tiny(values: Partial<Options> = {}): Options {
  return {
    ...presetOptions('nanogpt'),
    n_layer: 1,
    n_head: 2,
    n_embd: 16,
    seq_len: 16,
    batch_size: 4,
    max_steps: 20,
    lr: 1e-2,
    min_lr: 1e-3,
    warmup_steps: 2,
    eval_every: 10,
    eval_batches: 2,
    ...values,
  };
}

export interface Trained {
  run: Run;
  end: RunEnd;
  events: RunEvent[];
}

export async function trained(
  engine: Engine,
  text: string | Corpus,
  options = tiny(),
  settings: RunSettings = {},
): Promise<Trained> {
  const corpus = typeof text === 'string' ? makeCorpus(text) : text;
  const run = new Run(engine, await prepareTraining(engine, options, corpus), settings);
  const events: RunEvent[] = [];
  run.on((event) => events.push(event));
  return { run, end: await run.start(), events };
}

/** `part`, which has gone on for 5 steps after the best validation, and `whole`, which stopped early with those weights. */
export async function trainedPastBest(
  engine: Engine,
): Promise<{ whole: Trained; part: Trained; best: number }> {
  // The text's end is of another kind, so that validation soon gets worse.
  const corpus = makeCorpus(english(800) + 'z'.repeat(200));
  const options = tiny({ patience: 3, eval_every: 5, max_steps: 400, val_fraction: 0.2, lr: 0.05 });
  const whole = await trained(engine, corpus, options);
  const best = whole.end.weights_step;
  const part = await trained(engine, corpus, { ...options, stop_at_step: best + 5 });
  return { whole, part, best };
}

/** Generates from a prompt; returns the first sample with its pieces, and all samples. */
export async function spoken(
  engine: Engine,
  model: Model,
  options: SampleOptions,
  prompt: string,
): Promise<GeneratedSample & { pieces: string[]; samples: GeneratedSample[] }> {
  const pieces: string[] = [];
  let samples: GeneratedSample[] = [];
  for await (const piece of generateText(engine, model, options, prompt, { slice_ms: 1 })) {
    pieces.push(piece.samples[0]!.text);
    samples = withPiece(samples, piece);
  }
  return { ...samples[0]!, pieces, samples };
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Bytes as a value that toBe can compare and that is short when it fails. */
export function fingerprint(bytes: Uint8Array): string {
  // FNV-1a: enough to distinguish two checkpoints, and short in an error message.
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return `${bytes.length} bytes, ${(hash >>> 0).toString(16)}`;
}
