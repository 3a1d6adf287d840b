// The results of a benchmark, as in its JSON file.

import type { StepProfile } from '../profile.ts';
import type { Variant } from '../variants.ts';
import type { Setting } from './settings.ts';

export interface TrainResult extends Setting {
  workload: string;
  ms_per_step: number;
  tokens_per_s: number;
  gflops: number;
  /** Share of the matrix kernel's peak with the same number of threads. */
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

/** Generation with G1's model at this context length. */
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
  /** The browser or Node, with its version. */
  runtime: string;
  cores: number;
  processor?: string;
  /** The engine's flags that the program has switched on. */
  engine_flags?: string[];
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
