// The builds of the core: finds those that can run here, picks one and explains the choice.

import type { Options } from './options.ts';
import { packsPairs } from './probe-width.ts';
import { OptionError } from './validate.ts';
import { sentencesOf, VARIANT_TEXT, type Reason } from './variants-text.ts';

/** What this machine offers beyond plain WebAssembly SIMD. */
export interface Features {
  /** Relaxed SIMD: fused multiply-add where the processor has it. */
  relaxed: boolean;
  /** Memory that threads share. */
  threads: boolean;
  /** The engine packs pairs of 128-bit operations into 256-bit ones. */
  wide: boolean;
}

export type Variant =
  'baseline' | 'relaxed' | 'threads' | 'relaxed-threads' | 'threads-wide' | 'relaxed-threads-wide';

/** The builds that `npm run build` makes and what each needs, from the one that runs everywhere to the fastest. */
const NEEDS: Readonly<Record<Variant, readonly (keyof Features)[]>> = {
  baseline: [],
  relaxed: ['relaxed'],
  threads: ['threads'],
  'relaxed-threads': ['relaxed', 'threads'],
  // Features.wide is last: it takes a measurement, which is needed only where the others are present.
  'threads-wide': ['threads', 'wide'],
  'relaxed-threads-wide': ['relaxed', 'threads', 'wide'],
};

const VARIANTS = Object.keys(NEEDS) as Variant[];

export function needs(variant: Variant, feature: keyof Features): boolean {
  return NEEDS[variant].includes(feature);
}

export function runsWith(variant: Variant, features: Features): boolean {
  return NEEDS[variant].every((feature) => features[feature]);
}

/**
 * The path of each build's glue file, relative to the folder of the built core; the .wasm is beside it. Each path
 * contains a hash of the content. A build that is missing has not been built (yet).
 */
export type CoreFiles = Partial<Record<Variant, string>>;

/** Filled in when the page is bundled; Node looks for the files (built-core.ts). */
declare const MINI_LLM_CORE_FILES: CoreFiles;
export const BUNDLED_CORE_FILES =
  typeof MINI_LLM_CORE_FILES === 'undefined' ? undefined : MINI_LLM_CORE_FILES;

export const BUILT_VARIANTS: readonly Variant[] = VARIANTS.filter(
  (variant) => !BUNDLED_CORE_FILES || variant in BUNDLED_CORE_FILES,
);

/** The name of a build's glue file. */
export function glueName(variant: Variant): string {
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

// i32.const 0, then i32x4.splat: the shortest code that makes a vector.
const VECTOR = [0x41, 0, 0xfd, 0x11];

function runs(body: readonly number[]): boolean {
  return hasWebAssembly() && WebAssembly.validate(moduleOf(body));
}

function hasWebAssembly(): boolean {
  return typeof WebAssembly === 'object';
}

export function hasSimd(): boolean {
  return runs(VECTOR);
}

/** Tests the very instruction that the relaxed build uses: f32x4.relaxed_madd. */
export function hasRelaxedSimd(): boolean {
  return runs([...VECTOR, ...VECTOR, ...VECTOR, 0xfd, 0x85, 0x02]);
}

/** Shared memory works: always in Node, in a browser only on an isolated page (COOP and COEP headers). */
export function hasThreads(): boolean {
  if (typeof SharedArrayBuffer === 'undefined') return false;
  const scope = globalThis as { crossOriginIsolated?: boolean };
  return scope.crossOriginIsolated ?? true;
}

/** `wide` is measured when it is read for the first time. */
export function probe(): Features {
  return {
    relaxed: hasRelaxedSimd(),
    threads: hasThreads(),
    get wide() {
      return packsPairs();
    },
  };
}

export interface VariantChoice {
  variant: Variant;
  threads: number;
  /** Why this build was chosen, and the same in English. */
  reasons: readonly Reason[];
  why: string;
  /** Whether "auto" would have chosen a build with threads, but threads cannot share memory here. */
  threadsMissing: boolean;
  /** Requested options that have no effect or a cost here, and the same in English. */
  remarks: readonly Reason[];
  notes: string[];
}

const MOST_THREADS = 16;

/** The processors that threads can use. */
export interface Processors {
  cores: number;
  /** A sentence that says why there are fewer than the machine has. */
  limit?: string;
}

/** Picks the build; throws a sentence if the one requested by name cannot run. */
export function chooseVariant(
  wanted: Pick<Options, 'variant' | 'threads' | 'reproducible'>,
  { cores, limit = '' }: Processors,
  features = probe(),
  built = BUILT_VARIANTS,
): VariantChoice {
  if (!hasWebAssembly())
    throw new Error(
      `WebAssembly is needed, and ${hostName()} lacks it or has switched it off, as some security modes do; ` +
        'please allow it for this page, or use another browser.',
    );
  if (!hasSimd())
    throw new Error(`WebAssembly SIMD is needed, and ${hostName()} cannot run it; please use a newer one.`);
  const {
    variant,
    reasons,
    threadsMissing = false,
  } = wanted.variant === 'auto' ? automatic(wanted, cores, features, built) : named(wanted, features, built);
  const threaded = needs(variant, 'threads');
  const remarks: Reason[] = [];
  const asked = String(wanted.threads);
  if (!threaded && wanted.threads > 1) remarks.push(['threadsUnused', variant, asked]);
  else if (limit !== '' && wanted.threads > cores) remarks.push(['threadsWait', limit, asked]);
  if (limit !== '' && wanted.threads === 0) reasons.unshift(['given', limit]);
  const threads = threaded ? wanted.threads || Math.max(1, Math.min(cores, MOST_THREADS)) : 1;
  return { variant, threads, threadsMissing, ...withReasons(reasons), remarks, notes: sentencesOf(remarks) };
}

/** Reasons, and their sentences in English. */
export function withReasons(reasons: readonly Reason[]): Pick<VariantChoice, 'reasons' | 'why'> {
  return { reasons, why: sentencesOf(reasons).join(' ') };
}

interface Picked {
  variant: Variant;
  reasons: Reason[];
  threadsMissing?: boolean;
}

/**
 * Picks the build that was fastest wherever it was measured. Relaxed SIMD fuses a multiplication with an addition if
 * the processor can, which shortens a training step by an eighth to a quarter. Results then depend on the processor,
 * so only the other builds give the same bits everywhere. Wide builds have threads; they are the fastest on one too.
 */
function automatic(
  { threads, reproducible }: Pick<Options, 'threads' | 'reproducible'>,
  cores: number,
  features: Features,
  built: readonly Variant[],
): Picked {
  const one = threads === 1 || (threads === 0 && cores <= 1);
  const runnable = VARIANTS.filter((v) => {
    if (reproducible && needs(v, 'relaxed')) return false;
    if (one && needs(v, 'threads') && !needs(v, 'wide')) return false;
    return runsWith(v, features);
  });
  const best = runnable.at(-1);
  const variant = runnable.findLast((v) => built.includes(v));
  if (!variant)
    throw new Error(`The core has not been built for ${hostName()}: the ${best} build is missing.`);
  const reasons: Reason[] =
    variant === best ? whyThisBuild(variant, reproducible) : [['missing', best!, variant]];
  if (threads === 1) return { variant, reasons: [['oneAsked'], ...reasons] };
  if (one) return { variant, reasons: [['oneProcessor'], ...reasons] };
  if (features.threads) return { variant, reasons };
  const notShared: Reason = isIsolated() ? ['noSharedMemory', nodeVersion()] : ['notIsolated'];
  return { variant, reasons: [notShared, ...reasons], threadsMissing: true };
}

function whyThisBuild(variant: Variant, reproducible: boolean): Reason[] {
  const width: Reason[] = needs(variant, 'wide') ? [['packs', nodeVersion()]] : [];
  if (needs(variant, 'relaxed')) return [...width, ['relaxed']];
  return [...width, reproducible ? ['reproducible'] : ['plain', nodeVersion()]];
}

function named(
  { variant, reproducible }: Pick<Options, 'variant' | 'reproducible'>,
  features: Features,
  built: readonly Variant[],
): Picked {
  const asked = variant as Variant;
  if (!built.includes(asked))
    throw new OptionError(`There is no ${asked} build here, only: ${built.join(', ')}.`);
  const relaxed = needs(asked, 'relaxed');
  if (reproducible && relaxed)
    throw new OptionError(
      `The ${asked} build may differ in the last bits, so it cannot be reproducible; use ${asked.replace(/relaxed-?/, '') || 'baseline'}.`,
    );
  if (relaxed && !features.relaxed)
    throw new OptionError(
      `The ${asked} build cannot run here: ${hostName()} has no relaxed SIMD. Choose auto, or use a newer one.`,
    );
  if (needs(asked, 'threads') && !features.threads)
    throw new OptionError(`The ${asked} build cannot run here, because ${noSharedMemory()}. Choose auto.`);
  return { variant: asked, reasons: [['byName'], ...warnings(asked, features)] };
}

/** What speaks against a build that was asked for and can run. */
function warnings(variant: Variant, features: Features): Reason[] {
  const all: Reason[] = [];
  if (needs(variant, 'wide') && !features.wide) all.push(['slow', nodeVersion()]);
  if (needs(variant, 'relaxed')) all.push(['mayDiffer']);
  return all;
}

function noSharedMemory(): string {
  return isIsolated()
    ? `${hostName()} cannot share memory between threads`
    : 'this page is not isolated, and only an isolated page may share memory between threads';
}

/** Node needs no isolation. */
function isIsolated(): boolean {
  return (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated !== false;
}

/** "Node 24.1.0", or '' in a browser. */
function nodeVersion(): string {
  return typeof process === 'object' ? `Node ${process.versions.node}` : '';
}

function hostName(): string {
  return nodeVersion() || VARIANT_TEXT.thisBrowser;
}
