// The workers of a threaded build while they start. Emscripten waits for them forever and throws if one fails;
// here both reject with a reason, so that the engine can continue without threads.

import { sentence } from './errors.ts';

/** A worker of a browser or of Node. */
interface ThreadWorker {
  addEventListener?: (type: string, listen: (event: ErrorEvent) => void) => void;
  on?: (type: string, listen: (error?: unknown) => void) => void;
}

/** Emscripten's pool of workers. */
export interface ThreadPool {
  unusedWorkers: readonly ThreadWorker[];
  terminateAllThreads: () => void;
}

/** The start fails if no worker answers for this long, which is enough to load a script on a busy machine. */
const PATIENCE_MS = 5000;

export class ThreadWorkers {
  /** Never resolves; rejects with the reason if the workers cannot start. */
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

  /** Watches workers that have just been created, before they can fail. */
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

  /** Starts waiting for the answer of the next worker. */
  expectAnswers(): void {
    clearTimeout(this.#timer);
    if (this.#state !== 'starting' || !this.#pool?.unusedWorkers.length) return;
    const seconds = PATIENCE_MS / 1000;
    this.#timer = setTimeout(() => this.#failed(`it did not answer within ${seconds} seconds`), PATIENCE_MS);
  }

  /** To be called when all workers have answered. */
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
    this.#fail(new Error(`a thread's worker could not start: ${sentence(error)}`));
  }
}
