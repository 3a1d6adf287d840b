// Where the time of a training step goes, from what the core has counted. The operations are part of the whole;
// the rest is what happens between them: batches, the tape, the walk from one slice to the next.

import type { ProfileRow } from './generated/core-types.ts';

export interface OperationProfile {
  op: string;
  pass: ProfileRow['pass'];
  /** Per step, as is all that follows. */
  calls: number;
  ms: number;
  /** Of the whole step. */
  share: number;
  /** Of matrix products, otherwise null. */
  gflops: number | null;
  /** Of everything else, otherwise null. */
  gb_per_s: number | null;
}

export interface StepProfile {
  steps: number;
  ms_per_step: number;
  operations: OperationProfile[];
  rest_ms: number;
  rest_share: number;
}

/** `spent` is the time of all these steps in milliseconds, whatever it was spent on. The costliest comes first. */
export function profileOf(rows: readonly ProfileRow[], steps: number, spent: number): StepProfile {
  const counted = rows.reduce((sum, row) => sum + row.seconds * 1000, 0);
  const rest = Math.max(0, spent - counted);
  const operations = rows.map(({ op, pass, calls, seconds, flops, bytes }) => ({
    op,
    pass,
    calls: calls / steps,
    ms: (seconds * 1000) / steps,
    share: (seconds * 1000) / spent,
    gflops: rate(flops, seconds),
    gb_per_s: rate(bytes, seconds),
  }));
  return {
    steps,
    ms_per_step: spent / steps,
    operations: operations.sort((a, b) => b.ms - a.ms),
    rest_ms: rest / steps,
    rest_share: rest / spent,
  };
}

function rate(amount: number, seconds: number): number | null {
  return amount > 0 && seconds > 0 ? amount / seconds / 1e9 : null;
}
