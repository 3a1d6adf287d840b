// Converts documents in a worker of their own, so that the page answers meanwhile. It starts with the first document.

import { wrap } from 'comlink';
import type { Convert } from '../../engine/documents/kinds.ts';
import { UPDATED } from '../../engine/errors.ts';
import workerUrl from '../../worker/documents-worker.ts?worker&url';

/** Calls `work` with a converter, and ends its worker afterwards. */
export async function withConverter<T>(work: (convert: Convert) => Promise<T>): Promise<T> {
  let worker: Worker | undefined;
  let remote: Convert | undefined;
  let lost: Promise<never> | undefined;
  const convert: Convert = (kind, document) => {
    if (!worker) {
      const started = (worker = new Worker(workerUrl, { type: 'module' }));
      remote = wrap<Convert>(started);
      lost = new Promise((_, reject) => (started.onerror = (event) => reject(failure(event))));
    }
    return Promise.race([remote!(kind, document), lost!]);
  };
  try {
    return await work(convert);
  } finally {
    worker?.terminate();
  }
}

function failure(event: ErrorEvent): Error {
  event.preventDefault();
  return new Error(event.message || `What reads documents could not start. ${UPDATED}`);
}
