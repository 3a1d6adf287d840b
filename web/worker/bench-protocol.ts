// The messages between the page and the benchmark's worker: one request, then answers over time.

import type { BenchProgress } from '../engine/bench/bench.ts';
import type { BenchReport, Machine } from '../engine/bench/report.ts';

export interface BenchRequest {
  /** The folder with the core, as an absolute URL. */
  base: string;
  machine: Machine;
  /** W3 and G3 too, and longer contexts. */
  large: boolean;
  /** Measures every build that runs here, not only the one that would be chosen. */
  every_build: boolean;
}

export type BenchAnswer =
  | ({ type: 'progress' } & BenchProgress)
  | { type: 'done'; report: BenchReport }
  | { type: 'failed'; message: string };
