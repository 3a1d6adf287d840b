// Refuses what would not fit, before hours are spent on it.

import { formatBytes } from './format.ts';
import type { ModelConfig, TrainOptions } from './generated/core-types.ts';
import type { Engine } from './engine.ts';
import { OptionError } from './validate.ts';

/** The builds of the core may grow to 4 GB (cmake/wasm.cmake); the rest is left for what no estimate sees. */
export const HEAP_LIMIT_BYTES = 3.5 * 2 ** 30;

/** Throws a sentence with both numbers when training would need more memory than there is. */
export function requireMemory(
  engine: Engine,
  config: ModelConfig,
  options: TrainOptions,
  corpusBytes: number,
  available: number = HEAP_LIMIT_BYTES,
): number {
  const needed = engine.estimateMemory(config, options, corpusBytes);
  const limit = Math.min(available, HEAP_LIMIT_BYTES);
  if (needed <= limit) return needed;
  const remedy =
    corpusBytes > limit / 4
      ? 'use a shorter text'
      : 'use a smaller batch_size (grad_accum makes up for it), seq_len, n_layer or n_embd';
  throw new OptionError(
    `This would need about ${formatBytes(needed)} of memory and ${formatBytes(limit)} are available; ${remedy}.`,
  );
}
