// Which files are models, and which of them can be opened.

import { HEAP_LIMIT_BYTES } from '../../engine/limits.ts';
import { formatBytes } from '../../engine/format.ts';

export function isModelFile({ name }: File): boolean {
  return /\.safetensors$/i.test(name);
}

/** Throws a sentence, before the file is read, when it cannot be opened: beside it the weights need as much again. */
export function requireModelRoom({ name, size }: File): void {
  const most = HEAP_LIMIT_BYTES / 2;
  if (size > most)
    throw new Error(
      `“${name}” has ${formatBytes(size)}, and models of up to ${formatBytes(most)} fit into the memory of a page.`,
    );
}
