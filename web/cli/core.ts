// The core as the command line starts it, with a sentence where the system does not give it the memory.

import { readFileSync } from 'node:fs';
import type { Engine } from '../engine/engine.ts';
import { loadNodeEngine } from '../engine/node.ts';
import type { Options } from '../engine/options.ts';
import { Failure } from './exit.ts';
import { usage } from './flags.ts';
import { formatBytes } from '../engine/format.ts';
import { say } from './terminal.ts';

type CoreOptions = Partial<Pick<Options, 'variant' | 'threads' | 'reproducible'>>;

/** Below this V8 may end the process when a thread starts. */
const ROOM_FOR_THREADS = 32 * 2 ** 30;

export async function loadCore(options: CoreOptions = {}): Promise<Engine> {
  const limit = addressSpace();
  requireMemory(limit);
  if (limit >= ROOM_FOR_THREADS || options.threads === 1) return load(options);
  if (options.variant === undefined || options.variant === 'auto' || options.variant.includes('threads'))
    say(`One thread runs, because this process may use only ${formatBytes(limit)} of addresses (ulimit -v).`);
  return load({ ...options, threads: 1 });
}

/** A build that was asked for and cannot be had is a usage error. */
function load(options: CoreOptions): Promise<Engine> {
  return loadNodeEngine(options).catch((error: unknown) => {
    throw usage(error);
  });
}

/** Throws a sentence when WebAssembly cannot have the addresses that it reserves for its memory. */
function requireMemory(limit: number): void {
  try {
    new WebAssembly.Memory({ initial: 1, maximum: 65_536 });
  } catch (error) {
    const remedy = Number.isFinite(limit)
      ? `a limit of ${formatBytes(limit)} is set here (ulimit -v), so start mini-llm from a shell without it`
      : 'close other programs or use a machine with more memory';
    throw new Failure(
      `The system does not give WebAssembly the memory that the core needs (about 12 GB of addresses, few of which are used); ${remedy}.`,
      undefined,
      error,
    );
  }
}

/** Bytes of addresses that this process may use, as far as the system tells (Linux). */
function addressSpace(): number {
  try {
    const [, limit] = /^Max address space +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return limit === undefined ? Infinity : Number(limit);
  } catch {
    return Infinity;
  }
}
