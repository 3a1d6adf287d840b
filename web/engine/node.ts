// The core in Node.

import { execFileSync } from 'node:child_process';
import os from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { findCore } from './built-core.ts';
import { cpuQuota } from './cpu-quota.ts';
import type { Engine } from './engine.ts';
import { loadEngine, type LoadOptions } from './load.ts';
import type { Options } from './options.ts';
import { needs, type Processors } from './variants.ts';

const switchedOn = new Set<string>();

/** The flags that prepareV8 has set. */
export function engineFlags(): string[] {
  return [...switchedOn];
}

/**
 * Sets flags of V8, for the whole process, which make the core faster in this Node. Call it before probing the features
 * of this Node; loading a core calls it. A build that needs no such flag can be named.
 */
export function prepareV8(variant: Options['variant'] = 'auto'): void {
  const version = Number.parseInt(process.versions.node);
  const flags: string[] = [];
  // Node 20 keeps relaxed SIMD behind a flag, and its V8 unrolls the matrix kernel's loop until the registers spill:
  // without that the kernel runs at 50 GFLOP/s where it ran at 35. Only this version was measured.
  if (version === 20) flags.push('--experimental-wasm-relaxed-simd', '--no-wasm-loop-unrolling');
  if ((variant === 'auto' || needs(variant, 'wide')) && knowsPacking(version)) flags.push(PACKING);
  for (const flag of flags) {
    if (switchedOn.has(flag)) continue;
    setFlagsFromString(flag);
    switchedOn.add(flag);
  }
}

/** Packs pairs of 128-bit operations into 256-bit ones, which the wide builds are made for. */
const PACKING = '--experimental-wasm-revectorize';

/** In Node 22 the flag has no effect. V8 prints a complaint about a flag that it does not know, so newer ones are asked. */
function knowsPacking(version: number): boolean {
  if (process.arch !== 'x64' || version < 24) return false;
  if (version <= 26 || switchedOn.has(PACKING)) return true;
  try {
    const known = execFileSync(process.execPath, ['--v8-options'], { encoding: 'utf8', timeout: 5000 });
    return known.includes(`${PACKING} `);
  } catch {
    return false;
  }
}

export async function loadNodeEngine(
  options: Omit<LoadOptions, 'base' | 'files' | 'processors'> = {},
): Promise<Engine> {
  prepareV8(options.variant);
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
