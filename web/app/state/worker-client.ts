// The page's connection to the worker. If the worker crashes, pending calls are rejected with the reason, the client asks
// for what is left of the model and reports the crash once, and the next call starts a new worker.

import type { Remote } from 'comlink';
import { sentence } from '../../engine/errors.ts';
import type { EngineInfo, SavedModel, WorkerEvent, WorkerService } from '../../worker/protocol.ts';
import { words } from '../words/words.ts';
import { nextConnection, type Connection } from '../start/connection.ts';

/** The worker's time limit for handing over the model after a crash. */
const RESCUE_MS = 5000;

export interface ClientListener {
  /** There is a new worker; nothing has been asked of it. */
  connected(service: Remote<WorkerService>): void;
  opened(info: EngineInfo): void;
  event(event: WorkerEvent): void;
  /** `saved` resolves to the newest weights of the lost worker, if any are left. */
  crashed(message: string, saved: Promise<SavedModel | undefined>): void;
}

export class WorkerClient {
  readonly #listener: ClientListener;
  #connection: Connection | undefined;
  #connecting: Promise<Connection> | undefined;

  constructor(listener: ClientListener) {
    this.#listener = listener;
  }

  /** Waits until the worker has loaded the core. */
  async open(): Promise<EngineInfo> {
    this.#connecting ??= nextConnection().then((connection) => this.#adopt(connection));
    const connection = await this.#connecting;
    return Promise.race([connection.opened, connection.lost]);
  }

  async call<T>(use: (service: Remote<WorkerService>) => Promise<T>): Promise<T> {
    await this.open();
    const connection = this.#connection;
    if (!connection) throw new Error(words.page.lost);
    try {
      return await Promise.race([use(connection.service), connection.lost]);
    } catch (error) {
      // An error keeps its name between threads, but not its class.
      if ((error as Error).name === 'CoreCrash') this.#crash(connection, sentence(error));
      throw error;
    }
  }

  /** Ends the worker and everything in it; the next call starts a new one. */
  replace(reason: string): void {
    if (this.#connection) this.#crash(this.#connection, reason);
  }

  #adopt(connection: Connection): Connection {
    this.#connection = connection;
    this.#listener.connected(connection.service);
    connection.onEvent = (event) => this.#receive(connection, event);
    connection.lost.catch((error: unknown) => this.#crash(connection, sentence(error)));
    connection.opened.then(
      (info) => this.#listener.opened(info),
      // If the core could not be loaded, the next call tries again.
      () => this.#drop(connection),
    );
    return connection;
  }

  #receive(connection: Connection, event: WorkerEvent): void {
    if (event.type === 'crashed') this.#crash(connection, event.message);
    else if (connection === this.#connection) this.#listener.event(event);
  }

  #crash(connection: Connection, message: string): void {
    if (connection !== this.#connection) return;
    this.#forget(connection);
    connection.lose(new Error(message));
    const saved = rescued(connection).finally(() => connection.worker.terminate());
    this.#listener.crashed(message, saved);
  }

  #drop(connection: Connection): void {
    connection.worker.terminate();
    this.#forget(connection);
  }

  #forget(connection: Connection): void {
    if (connection !== this.#connection) return;
    this.#connection = undefined;
    this.#connecting = undefined;
  }
}

function rescued({ service }: Connection): Promise<SavedModel | undefined> {
  const tooLate = new Promise<undefined>((resolve) => setTimeout(resolve, RESCUE_MS, undefined));
  return Promise.race([service.rescue(), tooLate]).catch(() => undefined);
}
