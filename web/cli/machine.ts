// Where a benchmark was run, for its report.

import os from 'node:os';
import type { Machine } from '../engine/bench/report.ts';

export function thisMachine(): Machine {
  const processor = os.cpus()[0]?.model.trim();
  return {
    runtime: `Node ${process.versions.node}`,
    cores: os.availableParallelism(),
    ...(processor ? { processor } : {}),
  };
}
