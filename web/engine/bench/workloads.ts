// The workloads of the benchmark: fixed shapes, so that results compare with those of other programs.

import type { Options } from '../options.ts';
import { presetOptions } from '../presets.ts';

export interface TrainWorkload {
  name: 'W1' | 'W2' | 'W3';
  options: Options;
}

/** Generation, batch 1, filling the context of a training workload's model. */
export interface GenerateWorkload {
  name: 'G1' | 'G3';
  options: Options;
}

function shape(values: Partial<Options>): Options {
  return { ...presetOptions('nanogpt'), val_fraction: 0, eval_every: 0, ...values };
}

const W1 = shape({ n_layer: 4, n_head: 4, n_embd: 128, seq_len: 64, batch_size: 12 });
const W2 = shape({ n_layer: 4, n_head: 4, n_embd: 128, seq_len: 128, batch_size: 16 });
const W3 = shape({ n_layer: 6, n_head: 6, n_embd: 384, seq_len: 256, batch_size: 4 });

export const TRAIN_WORKLOADS: readonly TrainWorkload[] = [
  { name: 'W1', options: W1 },
  { name: 'W2', options: W2 },
  { name: 'W3', options: W3 },
];

export const GENERATE_WORKLOADS: readonly GenerateWorkload[] = [
  { name: 'G1', options: W2 },
  { name: 'G3', options: W3 },
];

export const WORKLOAD_NAMES = [...TRAIN_WORKLOADS, ...GENERATE_WORKLOADS].map((w) => w.name);

export type WorkloadName = (typeof WORKLOAD_NAMES)[number];

/** Whether a step or a text takes seconds on a slow machine. */
export function isLarge({ options }: TrainWorkload | GenerateWorkload): boolean {
  return options.n_embd > 128;
}

/** Context lengths at which the gain of the KV cache is measured. */
export const CONTEXTS: readonly number[] = [16, 32, 64, 128, 256, 512];

/** G1's model with another context length. */
export function withContext(seq_len: number): Options {
  return { ...W2, seq_len };
}
