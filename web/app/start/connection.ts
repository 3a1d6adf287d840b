// A worker with the core in it, on its way from the first moment: loading it takes longer than drawing the page.

import { wrap, type Remote } from 'comlink';
import { UPDATED } from '../../engine/errors.ts';
import workerUrl from '../../worker/worker.ts?worker&url';
import type { EngineInfo, WorkerEvent, WorkerMessage, WorkerService } from '../../worker/protocol.ts';
import { isolation } from './isolation.ts';

export interface Connection {
  worker: Worker;
  service: Remote<WorkerService>;
  opened: Promise<EngineInfo>;
  /** Never resolves; rejects when the worker is lost. */
  lost: Promise<never>;
  lose: (reason: Error) => void;
  /** Whoever takes the connection over listens here. */
  told: (event: WorkerEvent) => void;
}

let first: Promise<Connection> | undefined = isolation.then(connect);
// Whoever takes it is told.
first.catch(() => undefined);

/** The connection that was begun with the page, once; afterwards a new one. */
export function nextConnection(): Promise<Connection> {
  const next = first ?? Promise.resolve().then(connect);
  first = undefined;
  return next;
}

function connect(): Connection {
  if (typeof Worker === 'undefined')
    throw new Error('This browser cannot start workers, in which the training runs; please use a newer one.');
  const base = new URL('wasm/', document.baseURI).href;
  // The worker's name tells it where the core lies, so that it need not wait for a message.
  const worker = new Worker(workerUrl, { type: 'module', name: base });
  const service = wrap<WorkerService>(worker);
  let lose: (reason: Error) => void = () => undefined;
  const lost = new Promise<never>((_, reject) => (lose = reject));
  lost.catch(() => undefined);
  const opened = service.open(base);
  opened.catch(() => undefined);
  const connection: Connection = { worker, service, opened, lost, lose, told: () => undefined };
  worker.onmessage = ({ data }: MessageEvent<Partial<WorkerMessage>>) => {
    if (data.told) connection.told(data.told);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    lose(new Error(event.message || `The worker could not be started. ${UPDATED}`));
  };
  return connection;
}
