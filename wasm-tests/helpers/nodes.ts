// The newer versions of Node that tools/setup.sh --tests installs, on Linux with an x64 processor.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const HERE = process.platform === 'linux' && process.arch === 'x64';

/** The path of a Node by its major version. */
export function nodeOf(version: 24 | 26): string {
  return fileURLToPath(new URL(`../../tools/nodes/node_modules/node${version}/bin/node`, import.meta.url));
}

/** A describe block that is skipped where those versions are not available. */
export const describeWithNodes = HERE ? describe : describe.skip;

/** Whether they pack pairs of SIMD operations: the processor must have 256 bits. */
export function canPack(): boolean {
  return HERE && / avx2 /.test(readFileSync('/proc/cpuinfo', 'utf8'));
}
