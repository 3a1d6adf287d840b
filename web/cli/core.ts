// Loads the core for the command line, with clear errors when the system refuses memory.

import { readFileSync } from 'node:fs';
import os from 'node:os';
import type { Machine } from '../engine/bench/report.ts';
import type { Engine } from '../engine/engine.ts';
import { formatBytes } from '../engine/format.ts';
import { engineFlags, loadNodeEngine } from '../engine/node.ts';
import type { Options } from '../engine/options.ts';
import { needs } from '../engine/variants.ts';
import { Failure } from './exit.ts';
import { usageError } from './flags.ts';
import { say } from './terminal.ts';

type CoreOptions = Partial<Pick<Options, 'variant' | 'threads' | 'reproducible'>>;

/** With less address space than this, V8 may end the process when it starts a thread. */
const ADDRESSES_FOR_THREADS = 32 * 2 ** 30;

export async function loadCore(options: CoreOptions = {}): Promise<Engine> {
  const limit = addressLimit();
  requireMemory(limit);
  if (limit >= ADDRESSES_FOR_THREADS || options.threads === 1) return load(options);
  if (options.variant === undefined || options.variant === 'auto' || needs(options.variant, 'threads'))
    say(`Only one thread runs: the limit on addresses (ulimit -v) is ${formatBytes(limit)}.`);
  return load({ ...options, threads: 1 });
}

/** A build that was asked for and cannot run is a usage error. */
function load(options: CoreOptions): Promise<Engine> {
  return loadNodeEngine(options).catch((error: unknown) => {
    throw usageError(error);
  });
}

/** Throws if WebAssembly cannot reserve the addresses of its memory. */
function requireMemory(limit: number): void {
  try {
    new WebAssembly.Memory({ initial: 1, maximum: 65_536 });
  } catch (error) {
    const remedy = Number.isFinite(limit)
      ? `start mini-llm from a shell without the limit of ${formatBytes(limit)} (ulimit -v)`
      : 'close other programs or use a machine with more memory';
    throw new Failure(
      'The system does not give WebAssembly the memory that the core needs ' +
        `(about 12 GB of addresses, most of them unused); ${remedy}.`,
      undefined,
      error,
    );
  }
}

/** The address space that this process may use, in bytes; Infinity where the system does not tell. */
function addressLimit(): number {
  try {
    const [, limit] = /^Max address space +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return limit === undefined ? Infinity : Number(limit);
  } catch {
    return Infinity;
  }
}

/** Describes this machine in a benchmark's report. */
export function thisMachine(): Machine {
  const processor = os.cpus()[0]?.model.trim();
  const engine_flags = engineFlags();
  return {
    runtime: `Node ${process.versions.node}`,
    cores: os.availableParallelism(),
    ...(processor ? { processor } : {}),
    ...(engine_flags.length > 0 ? { engine_flags } : {}),
  };
}
