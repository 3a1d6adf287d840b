// The benchmark in a worker of its own: an open model is not touched, and stopping is ending the worker.

import { runBench, type BenchPlan } from '../engine/bench/bench.ts';
import { settingsFor } from '../engine/bench/settings.ts';
import { CONTEXTS, GENERATE_WORKLOADS, TRAIN_WORKLOADS, isLarge } from '../engine/bench/workloads.ts';
import { sentence } from '../engine/errors.ts';
import { loadEngine } from '../engine/load.ts';
import type { BenchAnswer, BenchRequest } from './bench-protocol.ts';

/** Short: somebody waits for it, perhaps with a phone in the hand. */
const PACE = { rounds: 3, ms: 500 };
/** A tab may well be refused more. */
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
