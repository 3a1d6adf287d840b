// What a benchmark found, as its JSON file holds it.

import type { StepProfile } from '../profile.ts';
import type { Variant } from '../variants.ts';
import type { Setting } from './settings.ts';

export interface TrainResult extends Setting {
  workload: string;
  ms_per_step: number;
  tokens_per_s: number;
  gflops: number;
  /** Share of the matrix kernel's peak, on as many threads. */
  mfu: number;
  peak_heap_mb: number;
}

export interface GenerateResult extends Setting {
  workload: string;
  cache: boolean;
  /** Generated with int8 weights. */
  int8: boolean;
  tokens_per_s: number;
  peak_heap_mb: number;
}

/** The same for G1's model made for this context. */
export interface ContextResult extends Setting {
  context: number;
  cache: boolean;
  tokens_per_s: number;
}

export interface Peak {
  variant: Variant;
  peak_gflops_per_thread: number;
}

export interface ProfileResult extends Setting, StepProfile {
  workload: string;
}

export interface Machine {
  /** What runs the program: a browser or Node, with its version. */
  runtime: string;
  cores: number;
  processor?: string;
}

export interface BenchReport {
  machine: Machine;
  peaks: Peak[];
  results: (TrainResult | GenerateResult)[];
  contexts: ContextResult[];
  profiles: ProfileResult[];
}

export function isTraining(result: TrainResult | GenerateResult): result is TrainResult {
  return 'ms_per_step' in result;
}
