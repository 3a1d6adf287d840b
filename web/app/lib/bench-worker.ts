// The benchmark's worker, at work.

import type { BenchRequest } from '../../worker/bench-protocol.ts';
import { browserName } from './browser-name.ts';

export type BenchChoice = Pick<BenchRequest, 'large' | 'every_build'>;

/** Answers with messages (BenchAnswer) until it has told the last result; end it then, or before. */
export function startBenchWorker(choice: BenchChoice): Worker {
  const worker = new Worker(new URL('../../worker/bench-worker.ts', import.meta.url), { type: 'module' });
  const request: BenchRequest = {
    base: new URL('wasm/', document.baseURI).href,
    machine: { runtime: browserName(navigator), cores: navigator.hardwareConcurrency },
    ...choice,
  };
  worker.postMessage(request);
  return worker;
}
