// The page's end of the worker. When the worker crashes, every call under way is rejected with the reason, the
// page is told once, and the next call gets a new worker.

import { wrap, type Remote } from 'comlink';
import { sentence } from '../../engine/errors.ts';
import type { EngineInfo, WorkerEvent, WorkerMessage, WorkerService } from '../../worker/protocol.ts';

export interface ClientListener {
  opened(info: EngineInfo): void;
  event(event: WorkerEvent): void;
  crashed(message: string): void;
}

interface Connection {
  worker: Worker;
  service: Remote<WorkerService>;
  opened: Promise<EngineInfo>;
  /** Never resolves; rejects when the worker is lost. */
  lost: Promise<never>;
  lose: (reason: Error) => void;
}

export class WorkerClient {
  readonly #listener: ClientListener;
  #connection: Connection | undefined;

  constructor(listener: ClientListener) {
    this.#listener = listener;
  }

  /** Starts the worker and loads the core, so that Train finds both ready. */
  async open(): Promise<EngineInfo> {
    const connection = (this.#connection ??= this.#connect());
    return Promise.race([connection.opened, connection.lost]);
  }

  async call<T>(use: (service: Remote<WorkerService>) => Promise<T>): Promise<T> {
    await this.open();
    const connection = this.#connection;
    if (!connection) throw new Error('The worker has just been lost; please try again.');
    try {
      return await Promise.race([use(connection.service), connection.lost]);
    } catch (error) {
      // The class is lost on the way between threads, the name is not.
      if ((error as Error).name === 'CoreCrash') this.#crash(connection, sentence(error));
      throw error;
    }
  }

  /** Gives up the worker and everything in it; the next call gets a new one. */
  replace(reason: string): void {
    if (this.#connection) this.#crash(this.#connection, reason);
  }

  #connect(): Connection {
    const worker = new Worker(new URL('../../worker/worker.ts', import.meta.url), { type: 'module' });
    const service = wrap<WorkerService>(worker);
    let lose: (reason: Error) => void = () => undefined;
    const lost = new Promise<never>((_, reject) => (lose = reject));
    lost.catch(() => undefined);
    const base = new URL('wasm/', document.baseURI).href;
    const opened = service.open(base);
    const connection: Connection = { worker, service, opened, lost, lose };
    worker.onmessage = ({ data }: MessageEvent<Partial<WorkerMessage>>) => {
      if (data.told) this.#receive(connection, data.told);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.#crash(connection, event.message || 'The worker could not be started.');
    };
    opened.then(
      (info) => this.#listener.opened(info),
      // A core that could not be loaded is tried again by the next call.
      () => this.#drop(connection),
    );
    return connection;
  }

  #receive(connection: Connection, event: WorkerEvent): void {
    if (connection !== this.#connection) return;
    if (event.type === 'crashed') this.#crash(connection, event.message);
    else this.#listener.event(event);
  }

  #crash(connection: Connection, message: string): void {
    if (connection !== this.#connection) return;
    this.#drop(connection);
    connection.lose(new Error(message));
    this.#listener.crashed(message);
  }

  #drop(connection: Connection): void {
    connection.worker.terminate();
    if (connection === this.#connection) this.#connection = undefined;
  }
}
