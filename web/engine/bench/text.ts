// The words of the benchmark's tables, here in English.

import { counted } from '../format.ts';

type Head = readonly string[];

export const BENCH_TEXT = {
  peak: 'Peak of the matrix kernel',
  peakHead: ['build', 'GFLOP/s per thread'] as Head,
  training: 'Training; MFU is the share of that peak times the threads',
  trainingHead: [
    'training',
    'build',
    'threads',
    'ms/step',
    'tokens/s',
    'GFLOP/s',
    'MFU',
    'peak heap',
  ] as Head,
  generation: 'Generation, one text at a time until the context is full, in tokens/s',
  generationHead: [
    'generation',
    'build',
    'threads',
    'with cache',
    'without',
    'gain',
    'int8, with cache',
    'peak heap',
  ] as Head,
  /** `setting` is '' before the first result. */
  contexts: (setting: string) =>
    `Speedup by the KV cache for each context length, in tokens/s (G1's model${setting && `, ${setting}`})`,
  contextsHead: ['context', 'with cache', 'without', 'gain'] as Head,
  setting: (variant: string, threads: number) => `${variant} build, ${counted(threads, 'thread')}`,
  profile: (workload: string, settings: string) =>
    `Time of each operation in a ${workload} step: ${settings}`,
  operation: 'operation',
  pass: 'pass',
  calls: 'calls',
  share: 'share',
  shareOn: (threads: number) => `${counted(threads, 'thread')}, share`,
  speed: 'speed',
  rest: '(the rest)',
};

export type BenchText = typeof BENCH_TEXT;
