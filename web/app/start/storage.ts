// Starts the storage worker, which keeps runs. Calls reject if it could not be started.

import { transfer, wrap, type Remote } from 'comlink';
import { UPDATED } from '../../engine/errors.ts';
import workerUrl from '../../worker/storage/storage-worker.ts?worker&url';
import type { Library } from '../../worker/storage/protocol.ts';

export class Storage {
  readonly #library: Remote<Library>;
  /** Rejects when the worker is lost; never resolves. */
  readonly #lost: Promise<never>;

  constructor() {
    const worker = new Worker(workerUrl, { type: 'module', name: 'storage' });
    this.#library = wrap<Library>(worker);
    this.#lost = new Promise((_, reject) => {
      worker.onerror = (event) => {
        event.preventDefault();
        reject(
          new Error(
            `Runs cannot be saved here: ${event.message || 'a part of the page is missing'}. ${UPDATED}`,
          ),
        );
      };
    });
    this.#lost.catch(() => undefined);
  }

  call<T>(use: (library: Remote<Library>) => Promise<T>): Promise<T> {
    return Promise.race([use(this.#library), this.#lost]);
  }

  /** A port at which another worker reaches the library. */
  port(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    void this.#library.connect(transfer(port2, [port2]));
    return port1;
  }
}
