// The benchmark of the page. It runs in its own worker, which ends with it.

import { UPDATED } from '../../engine/errors.ts';
import type { BenchReport } from '../../engine/bench/report.ts';
import type { BenchAnswer, BenchRequest } from '../../worker/bench-worker.ts';
import { browserName } from '../lib/browser.ts';

type BenchChoice = Pick<BenchRequest, 'large' | 'every_build'>;

export class Benchmark {
  running = $state(false);
  /** What is being measured, and the share of the benchmark that is done (0 to 1). */
  measuring = $state('');
  done = $state(0);
  /** The results so far. */
  report = $state.raw<BenchReport | undefined>(undefined);
  problem = $state('');
  #worker: Worker | undefined;

  start(choice: BenchChoice): void {
    if (this.running) return;
    this.running = true;
    this.measuring = '';
    this.done = 0;
    this.report = undefined;
    this.problem = '';
    const worker = startWorker(choice);
    worker.onmessage = ({ data }: MessageEvent<BenchAnswer>) => this.#take(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(event.message || `The worker could not start. ${UPDATED}`);
    };
    this.#worker = worker;
  }

  /** Stops at once and keeps the results so far. */
  stop(): void {
    if (!this.running) return;
    this.#end();
  }

  #take(answer: BenchAnswer): void {
    if (answer.type === 'failed') {
      this.#fail(answer.message);
      return;
    }
    this.report = answer.report;
    if (answer.type === 'done') {
      this.#end();
      return;
    }
    this.measuring = answer.measuring;
    this.done = answer.done;
  }

  #fail(message: string): void {
    this.problem = message;
    this.#end();
  }

  #end(): void {
    const worker = this.#worker;
    this.#worker = undefined;
    if (worker) {
      // Messages already sent must not arrive.
      worker.onmessage = null;
      worker.terminate();
    }
    this.running = false;
  }
}

/** Starts the worker, which answers with messages (BenchAnswer) until the last result. */
function startWorker(choice: BenchChoice): Worker {
  const worker = new Worker(new URL('../../worker/bench-worker.ts', import.meta.url), { type: 'module' });
  const request: BenchRequest = {
    base: new URL('wasm/', document.baseURI).href,
    machine: { runtime: browserName(navigator), cores: navigator.hardwareConcurrency },
    ...choice,
  };
  worker.postMessage(request);
  return worker;
}
