// The workers of a threaded build while they start. Emscripten waits for them for ever and throws where one fails;
// here both become a reason, with which the engine can go on without threads.

import { sentence } from './errors.ts';

/** A worker as browsers or as Node make them. */
interface ThreadWorker {
  addEventListener?: (type: string, listen: (event: ErrorEvent) => void) => void;
  on?: (type: string, listen: (error?: unknown) => void) => void;
}

/** Emscripten's pool of workers. */
export interface ThreadPool {
  unusedWorkers: readonly ThreadWorker[];
  terminateAllThreads: () => void;
}

/** So long none of them may answer: time enough to load a script, however busy the machine. */
const PATIENCE_MS = 5000;

export class ThreadWorkers {
  /** Never resolves; rejects with the reason when the workers cannot be had. */
  readonly failed: Promise<never>;
  #pool: ThreadPool | undefined;
  #fail: (reason: Error) => void = () => undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #state: 'starting' | 'ready' | 'failed' = 'starting';

  constructor() {
    this.failed = new Promise<never>((_, reject) => (this.#fail = reject));
    this.failed.catch(() => undefined);
  }

  get pool(): ThreadPool | undefined {
    return this.#pool;
  }

  /** Takes the workers that have just been made, before anything can happen to them. */
  watch(pool: ThreadPool): void {
    this.#pool = pool;
    for (const worker of pool.unusedWorkers) {
      const failed = (error: unknown): void => this.#failed(error);
      // Emscripten's own handler comes late, and throws where nothing can catch it.
      Object.defineProperty(worker, 'onerror', { get: () => failed, set: () => undefined });
      worker.on?.('error', failed);
      worker.addEventListener?.('error', (event) => {
        if (this.#state === 'ready') return;
        event.preventDefault();
        failed(new Error(event.message || 'its script could not be loaded'));
      });
      (worker.addEventListener ?? worker.on)?.call(worker, 'message', () => this.expectAnswers());
    }
  }

  /** From now on they are expected to answer, one after the other. */
  expectAnswers(): void {
    clearTimeout(this.#timer);
    if (this.#state !== 'starting' || !this.#pool?.unusedWorkers.length) return;
    const seconds = PATIENCE_MS / 1000;
    this.#timer = setTimeout(() => this.#failed(`it did not answer within ${seconds} seconds`), PATIENCE_MS);
  }

  /** All of them have answered. */
  ready(): void {
    if (this.#state === 'starting') this.#state = 'ready';
    clearTimeout(this.#timer);
  }

  #failed(error: unknown): void {
    // Later errors of threads are errors of the program; only the first failure at the start is reported here.
    if (this.#state === 'ready') throw error;
    if (this.#state === 'failed') return;
    this.#state = 'failed';
    clearTimeout(this.#timer);
    this.#pool?.terminateAllThreads();
    this.#fail(new Error(`a thread's worker could not be started: ${sentence(error)}`));
  }
}
