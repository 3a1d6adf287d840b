// The builds of the core, and which of them this machine can run.

import type { Options } from './options.ts';

export type Variant = 'baseline' | 'relaxed' | 'threads' | 'relaxed-threads';

/** The builds that `npm run build` makes. */
export const BUILT_VARIANTS: readonly Variant[] = ['baseline', 'relaxed', 'threads', 'relaxed-threads'];

/** Those that "auto" chooses among, fastest first. Their bits are the same on every machine; relaxed SIMD's are not. */
const AUTOMATIC: readonly Variant[] = ['threads', 'baseline'];

/** The name of a build's glue file; its .wasm lies beside it. */
export function glueFile(variant: Variant): string {
  return variant === 'baseline' ? 'mini-llm.js' : `mini-llm-${variant}.js`;
}

const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

/** A module with one function () -> v128, made of the given instructions. */
function moduleOf(body: readonly number[]): Uint8Array<ArrayBuffer> {
  const code = [0, ...body, 0x0b];
  return new Uint8Array([
    ...HEADER,
    ...[1, 5, 1, 0x60, 0, 1, 0x7b],
    ...[3, 2, 1, 0],
    ...[10, code.length + 2, 1, code.length, ...code],
  ]);
}

// i32.const 0, then i32x4.splat: the plainest way to a vector.
const VECTOR = [0x41, 0, 0xfd, 0x11];

export function hasSimd(): boolean {
  return WebAssembly.validate(moduleOf(VECTOR));
}

/** Asks for exactly the instruction that the relaxed build is made for: f32x4.relaxed_madd. */
export function hasRelaxedSimd(): boolean {
  return WebAssembly.validate(moduleOf([...VECTOR, ...VECTOR, ...VECTOR, 0xfd, 0x85, 0x02]));
}

/** Shared memory works: always in Node, in a browser only on an isolated page (COOP and COEP headers). */
export function hasThreads(): boolean {
  if (typeof SharedArrayBuffer === 'undefined') return false;
  const scope = globalThis as { crossOriginIsolated?: boolean };
  return scope.crossOriginIsolated ?? true;
}

export interface VariantChoice {
  variant: Variant;
  threads: number;
  /** Sentences about what was asked for and could not be had, or about what is missing here. */
  notes: string[];
}

function runsHere(variant: Variant): boolean {
  if (variant.includes('relaxed') && !hasRelaxedSimd()) return false;
  return !variant.includes('threads') || hasThreads();
}

/** Picks the build; throws a sentence when the one asked for by name cannot run. */
export function chooseVariant(
  wanted: Pick<Options, 'variant' | 'threads' | 'reproducible'>,
  cores: number,
): VariantChoice {
  if (!hasSimd())
    throw new Error(
      'This browser cannot run WebAssembly SIMD, which mini-llm needs; please use a newer one.',
    );
  const notes: string[] = [];
  const variant = wanted.variant === 'auto' ? fastest() : named(wanted);
  const threaded = variant.includes('threads');
  if (!threaded && wanted.threads > 1)
    notes.push(`The ${variant} build runs on one thread, so threads ${wanted.threads} is not used.`);
  const threads = threaded ? wanted.threads || Math.max(1, Math.min(cores, 16)) : 1;
  return { variant, threads, notes };
}

function fastest(): Variant {
  return AUTOMATIC.find((v) => runsHere(v)) ?? 'baseline';
}

function named(wanted: Pick<Options, 'variant' | 'reproducible'>): Variant {
  const variant = wanted.variant as Variant;
  if (!BUILT_VARIANTS.includes(variant))
    throw new Error(`There is no ${variant} build here, only: ${BUILT_VARIANTS.join(', ')}.`);
  if (wanted.reproducible && variant.includes('relaxed'))
    throw new Error(
      `The ${variant} build may differ in the last bits, so it cannot be reproducible; use baseline.`,
    );
  if (!runsHere(variant))
    throw new Error(`The ${variant} build cannot run on this machine; use --variant auto.`);
  return variant;
}
