// The core in Node.

import os from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { findCore } from './built-core.ts';
import { cpuQuota } from './cpu-quota.ts';
import type { Engine } from './engine.ts';
import { loadEngine, type LoadOptions } from './load.ts';
import type { Processors } from './variants.ts';

/**
 * Node 20 keeps relaxed SIMD behind a flag, and its V8 unrolls the matrix kernel's loop until the registers spill:
 * without that the kernel runs at 50 GFLOP/s where it ran at 35. Only this version was measured. Call it
 * before probing the features of this Node; loading a core calls it.
 */
export function prepareV8(): void {
  if (!process.versions.node.startsWith('20.')) return;
  setFlagsFromString('--experimental-wasm-relaxed-simd');
  setFlagsFromString('--no-wasm-loop-unrolling');
}

export async function loadNodeEngine(
  options: Omit<LoadOptions, 'base' | 'files' | 'processors'> = {},
): Promise<Engine> {
  prepareV8();
  return loadEngine({ ...options, ...findCore(), processors: processors() });
}

/** The processors whose time this process may use: a container's quota may allow fewer than the machine has. */
export function processors(quota = cpuQuota()): Processors {
  const cores = os.availableParallelism();
  if (quota >= cores) return { cores };
  const limit = `A quota (cgroup) allows the time of ${Number(quota.toFixed(2))} of ${cores} processors.`;
  return { cores: Math.max(1, Math.floor(quota)), limit };
}

/** The bytes of memory that this process may use: a share of the machine's, or of the container's. */
export function memoryLimit(): number {
  // Without a limit, Node returns 0, undefined or an enormous number.
  const constrained = process.constrainedMemory() || Infinity;
  return Math.min(constrained, os.totalmem()) * 0.8;
}
