// The benchmark behind its button. It lives in a worker of its own, which ends with it.

import { UPDATED } from '../../engine/errors.ts';
import type { BenchReport } from '../../engine/bench/report.ts';
import type { BenchAnswer } from '../../worker/bench-protocol.ts';
import { startBenchWorker, type BenchChoice } from '../lib/bench-worker.ts';

export class Benchmark {
  running = $state(false);
  /** What is being measured, and how much of everything is done (0 to 1). */
  measuring = $state('');
  done = $state(0);
  /** What is known so far. */
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
    const worker = startBenchWorker(choice);
    worker.onmessage = ({ data }: MessageEvent<BenchAnswer>) => this.#take(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(event.message || `The worker could not be started. ${UPDATED}`);
    };
    this.#worker = worker;
  }

  /** At once, whatever is under way; what has been measured stays. */
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
      // What it has already said is not to be taken for news.
      worker.onmessage = null;
      worker.terminate();
    }
    this.running = false;
  }
}
