// Starts the worker, which loads the core, as the first thing: loading takes longer than drawing the page.

import { wrap, type Remote } from 'comlink';
import { UPDATED } from '../../engine/errors.ts';
import workerUrl from '../../worker/worker.ts?worker&url';
import type { EngineInfo, WorkerEvent, WorkerMessage, WorkerService } from '../../worker/protocol.ts';
import { isolation } from './isolation.ts';

export interface Connection {
  worker: Worker;
  service: Remote<WorkerService>;
  opened: Promise<EngineInfo>;
  /** Rejects when the worker is lost; never resolves. */
  lost: Promise<never>;
  lose: (reason: Error) => void;
  /** Set by the client, which handles the events. */
  onEvent: (event: WorkerEvent) => void;
}

let first: Promise<Connection> | undefined = isolation.then(connect);
// nextConnection() passes the error on.
first.catch(() => undefined);

/** Returns the connection opened with the page, then a new one for each call. */
export function nextConnection(): Promise<Connection> {
  const next = first ?? Promise.resolve().then(connect);
  first = undefined;
  return next;
}

function connect(): Connection {
  if (typeof Worker === 'undefined')
    throw new Error('This browser has no web workers, which training needs; use a newer browser.');
  const base = new URL('wasm/', document.baseURI).href;
  // The worker's name is the URL of the core, so that it can load the core without waiting for a message.
  const worker = new Worker(workerUrl, { type: 'module', name: base });
  const service = wrap<WorkerService>(worker);
  let lose: (reason: Error) => void = () => undefined;
  const lost = new Promise<never>((_, reject) => (lose = reject));
  lost.catch(() => undefined);
  const opened = service.open(base);
  opened.catch(() => undefined);
  const connection: Connection = { worker, service, opened, lost, lose, onEvent: () => undefined };
  worker.onmessage = ({ data }: MessageEvent<Partial<WorkerMessage>>) => {
    if (data.event) connection.onEvent(data.event);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    lose(new Error(event.message || `The worker could not start. ${UPDATED}`));
  };
  return connection;
}
