// A core for tests, and the shortest way from a text to a trained model.

import type { RunEvent } from '../../web/engine/events.ts';
import {
  Run,
  defaults,
  makeCorpus,
  prepareTraining,
  type Engine,
  type Options,
  type RunEnd,
  type RunSettings,
  type SampleOptions,
  generateText,
  type Model,
} from '../../web/engine/index.ts';
import { loadNodeEngine } from '../../web/engine/node.ts';

let shared: Promise<Engine> | undefined;

/** One core for a whole test file, on one thread; tests that may break theirs load their own. */
export function sharedEngine(): Promise<Engine> {
  shared ??= loadNodeEngine({ variant: 'baseline' });
  return shared;
}

/** A model so small that twenty steps take milliseconds. */
export function tiny(values: Partial<Options> = {}): Options {
  return {
    ...defaults(),
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
  text: string | Uint8Array,
  options = tiny(),
  settings: RunSettings = {},
): Promise<Trained> {
  const run = new Run(engine, await prepareTraining(engine, options, makeCorpus(text)), settings);
  const events: RunEvent[] = [];
  run.on((event) => events.push(event));
  return { run, end: await run.start(), events };
}

/** Everything that a model says to a prompt, and the pieces it came in. */
export async function spoken(
  engine: Engine,
  model: Model,
  options: SampleOptions,
  prompt: string,
): Promise<{ text: string; pieces: string[]; tokens: number; reason: string }> {
  const pieces: string[] = [];
  let last = { tokens: 0, reason: '' };
  for await (const piece of generateText(engine, model, options, prompt, { slice_ms: 1 })) {
    pieces.push(piece.text);
    last = piece;
  }
  return { text: pieces.join(''), pieces, tokens: last.tokens, reason: last.reason };
}

/** Bytes as a value that toBe can compare and that is short when it fails. */
export function fingerprint(bytes: Uint8Array): string {
  // FNV-1a: enough to tell two checkpoints apart, and quick to read in a failure.
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return `${bytes.length} bytes, ${(hash >>> 0).toString(16)}`;
}
