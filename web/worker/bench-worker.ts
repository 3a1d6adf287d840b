// Runs the benchmark in its own worker, which leaves the open model alone and is stopped by ending the worker.

import { runBench, type BenchPlan, type BenchProgress } from '../engine/bench/bench.ts';
import { settingsFor } from '../engine/bench/settings.ts';
import { CONTEXTS, GENERATE_WORKLOADS, TRAIN_WORKLOADS, isLarge } from '../engine/bench/workloads.ts';
import { sentence } from '../engine/errors.ts';
import { loadEngine } from '../engine/load.ts';
import type { BenchReport, Machine } from '../engine/bench/report.ts';

// The messages: one request, then answers over time.

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

/** Short, because the user waits for it. */
const PACE = { rounds: 3, ms: 500 };
/** Browsers may refuse more to a tab. */
const MEMORY_LIMIT = 1.5e9;

function planOf({ machine, large, every_build }: BenchRequest): BenchPlan {
  const workloads = [...TRAIN_WORKLOADS, ...GENERATE_WORKLOADS].filter((w) => large || !isLarge(w));
  const builds = every_build ? 'all' : 'chosen';
  return {
    ...PACE,
    workloads: workloads.map(({ name }) => name),
    settings: settingsFor({ variant: 'auto', reproducible: false, builds }, machine.cores),
    contexts: CONTEXTS.filter((context) => large || context <= 128),
  };
}

function tell(answer: BenchAnswer): void {
  postMessage(answer);
}

async function measure(request: BenchRequest): Promise<void> {
  const { base, machine } = request;
  const report = await runBench(planOf(request), {
    machine,
    memory_limit: MEMORY_LIMIT,
    load: (setting) => loadEngine({ ...setting, base }),
    watch: (progress) => tell({ type: 'progress', ...progress }),
  });
  tell({ type: 'done', report });
}

addEventListener('message', ({ data }: MessageEvent<BenchRequest>) => {
  measure(data).catch((error: unknown) => tell({ type: 'failed', message: sentence(error) }));
});
