// The library of runs in a storage worker of its own, called as the page calls it.

import type { Page, Worker } from 'playwright-core';
import { until } from './page.ts';
import type { ListedRun, RunInfo, StorageState } from '../../web/worker/storage/protocol.ts';

/** What a test sees of an opened run: every byte of its checkpoint is `value`. */
export interface OpenedRun {
  name: string;
  value: number;
  bytes: number;
  text: string;
  page: unknown;
}

/** A tab's library, as far as tests tell tabs apart. */
export class TestLibrary {
  readonly #page: Page;
  readonly #name: string;
  readonly worker: Worker;

  private constructor(page: Page, name: string, worker: Worker) {
    this.#page = page;
    this.#name = name;
    this.worker = worker;
  }

  /** Starts a storage worker. */
  static async start(page: Page, name: string): Promise<TestLibrary> {
    const isStorage = (worker: Worker): boolean => worker.url().includes('storage-worker');
    await until(async () => page.workers().some(isStorage)); // the page's own
    const started = page.waitForEvent('worker', isStorage);
    let script: string | undefined;
    await until(async () => (script = await page.evaluate(storageScript)) !== undefined);
    await page.evaluate(startWorker, { name, script: script! });
    const library = new TestLibrary(page, name, await started);
    await library.state();
    return library;
  }

  state = (): Promise<StorageState> => this.#call('state') as Promise<StorageState>;
  list = (): Promise<ListedRun[]> => this.#call('list') as Promise<ListedRun[]>;
  offered = (): Promise<RunInfo | undefined> => this.#call('offered') as Promise<RunInfo | undefined>;
  rename = (id: string, name: string): Promise<unknown> => this.#call('rename', id, name);
  duplicate = (id: string, copy: string): Promise<unknown> => this.#call('duplicate', id, copy);
  dismiss = (id: string): Promise<unknown> => this.#call('dismiss', id);
  remove = (id: string): Promise<unknown> => this.#call('remove', id);
  restore = (id: string): Promise<unknown> => this.#call('restore', id);
  close = (): Promise<unknown> => this.#call('close');

  begin(id: string, text = `The text of ${id}.`): Promise<unknown> {
    const run = {
      id,
      text: { name: id, example: '', notes: [] },
      sha256: sha256Of(text),
      figures: figures(0),
    };
    return this.#call('begin', run, [...Buffer.from(text)]);
  }

  /** Saves a checkpoint whose bytes are all `value`, which is also its step. */
  save(id: string, value: number, bytes = 1000): Promise<unknown> {
    const record = { has_validation: true, events: [], curves: { steps: [], train: [], val: [], every: 1 } };
    return this.#call('save', id, { fill: { value, bytes }, record, figures: figures(value) });
  }

  open(id: string): Promise<OpenedRun> {
    return this.#call('open', id) as Promise<OpenedRun>;
  }

  /** The names of the files in the private file system. */
  files(): Promise<string[]> {
    return this.worker.evaluate(async () => {
      const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('runs');
      const names: string[] = [];
      for await (const name of folder.keys()) names.push(name);
      return names.sort();
    });
  }

  /** Ends it as a closed tab does. */
  async end(): Promise<void> {
    await this.#page.evaluate((name) => {
      const { libraries } = window as unknown as Libraries;
      libraries[name]!.worker.terminate();
    }, this.#name);
  }

  #call(method: string, ...args: unknown[]): Promise<unknown> {
    return this.#page.evaluate(
      ([name, method, args]) => (window as unknown as Libraries).libraries[name]!.call(method, args),
      [this.#name, method, args] as const,
    );
  }
}

interface Libraries {
  libraries: Record<
    string,
    { worker: globalThis.Worker; call: (method: string, args: unknown[]) => Promise<unknown> }
  >;
}

function figures(step: number): object {
  const losses = { train_loss: null, val_loss: null };
  return { options: { max_steps: 1000 }, step, weights_step: step, ...losses, n_parameters: 1, over: false };
}

/** A stand-in: the library only compares it. */
export function sha256Of(text: string): string {
  return Buffer.from(text).toString('hex').slice(0, 64);
}

/** Runs in the page: the address of its storage worker. */
function storageScript(): string | undefined {
  const loaded = performance.getEntriesByType('resource').map((entry) => entry.name);
  return loaded.find((url) => url.includes('storage-worker'));
}

/** Runs in the page: starts the page's own storage worker once more, and speaks Comlink's protocol with it. */
function startWorker({ name, script }: { name: string; script: string }): void {
  const worker = new Worker(script, { type: 'module', name });
  let calls = 0;
  const call = (method: string, args: unknown[]): Promise<unknown> => {
    const id = `${name} ${++calls}`;
    const answer = new Promise((resolve, reject) => {
      const listen = ({
        data,
      }: MessageEvent<{ id?: string; type: string; name?: string; value: unknown }>) => {
        if (data.id !== id) return;
        worker.removeEventListener('message', listen);
        if (data.type === 'HANDLER') reject(new Error((data.value as { value: Error }).value.message));
        else resolve(shortened(data.value));
      };
      worker.addEventListener('message', listen);
    });
    const argumentList = args.map((value) => ({ type: 'RAW', value: filled(value) }));
    worker.postMessage({ id, type: 'APPLY', path: [method], argumentList });
    return answer;
  };
  /** Makes byte arrays here, because they are slow to send to the page. */
  const filled = (value: unknown): unknown => {
    if (Array.isArray(value)) return Uint8Array.from(value as number[]);
    const { fill, ...rest } = (value ?? {}) as { fill?: { value: number; bytes: number } };
    return fill ? { ...rest, checkpoint: new Uint8Array(fill.bytes).fill(fill.value) } : value;
  };
  const shortened = (value: unknown): unknown => {
    const run = value as { checkpoint?: Uint8Array; text: Uint8Array; info: { name: string }; page: unknown };
    if (!run?.checkpoint) return value;
    const [first] = run.checkpoint;
    return {
      name: run.info.name,
      value: run.checkpoint.every((byte) => byte === first) ? first : -1,
      bytes: run.checkpoint.length,
      text: new TextDecoder().decode(run.text),
      page: run.page,
    };
  };
  const all = window as unknown as Libraries;
  (all.libraries ??= {})[name] = { worker, call };
}
