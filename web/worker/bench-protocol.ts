// What the page and the worker of the benchmark say to each other: one request, then what it answers over time.

import type { BenchProgress } from '../engine/bench/bench.ts';
import type { BenchReport, Machine } from '../engine/bench/report.ts';

export interface BenchRequest {
  /** The folder with the core, as an absolute URL. */
  base: string;
  machine: Machine;
  /** W3 and G3 too, and longer contexts. */
  large: boolean;
  /** Every build that runs here instead of the one that would be chosen. */
  every_build: boolean;
}

export type BenchAnswer =
  | ({ type: 'progress' } & BenchProgress)
  | { type: 'done'; report: BenchReport }
  | { type: 'failed'; message: string };
