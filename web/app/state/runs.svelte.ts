// The runs that the browser keeps: the one that is saved now, and the one to go on with after a reload.

import type { Remote } from 'comlink';
import { sentence } from '../../engine/errors.ts';
import type { SaveReport } from '../../worker/protocol.ts';
import type { Library, RunInfo, StoredRun } from '../../worker/storage/protocol.ts';
import type { StoreKind } from '../../worker/storage/store.ts';
import { Storage } from '../start/storage.ts';
import { words } from '../words/words.ts';

/** The page's fields are saved after this pause in typing. */
const DELAY_MS = 300;

interface LastSave {
  step: number;
}

export class Runs {
  kind = $state<StoreKind | undefined>(undefined);
  /** The run that a visit before this one has left. */
  offer = $state.raw<RunInfo | undefined>(undefined);
  /** The run of the current model; '' without one. */
  current = $state('');
  /** The last save of the current run. */
  saved = $state.raw<LastSave | undefined>(undefined);
  /** Why the current run could not be saved, or a run could not be opened. */
  problem = $state('');
  readonly #storage: Storage | undefined;
  #persistAsked = false;

  constructor() {
    try {
      this.#storage = new Storage();
    } catch (error) {
      this.problem = sentence(error);
    }
  }

  /** Whether closing the tab loses nothing but the last seconds of the current run. */
  readonly safe = $derived.by(
    () =>
      this.saved !== undefined && this.problem === '' && this.kind !== 'memory' && this.kind !== undefined,
  );

  /** A boolean, so that effects do not run again with each save. */
  readonly #stored = $derived.by(() => this.saved !== undefined);

  /** The step up to which the current run outlives the tab. */
  readonly safeStep = $derived.by(() => (this.safe ? (this.saved?.step ?? 0) : 0));

  /** Looks for the run to go on with. */
  async find(): Promise<void> {
    try {
      const { kind } = await this.call((library) => library.state());
      this.kind = kind;
      this.offer = await this.call((library) => library.offered());
    } catch (error) {
      this.problem = sentence(error);
    }
  }

  call<T>(use: (library: Remote<Library>) => Promise<T>): Promise<T> {
    if (!this.#storage) return Promise.reject(new Error(words.runs.cannotKeep));
    return this.#storage.call(use);
  }

  /** A port at which the worker that trains reaches the library. */
  port(): MessagePort | undefined {
    return this.#storage?.port();
  }

  /** A run has begun or was opened, or '' for a model that is no run of the library. */
  use(id: string, saved?: LastSave): void {
    if (id === '') void this.call((library) => library.close()).catch(() => undefined);
    if (id !== this.current || saved) this.saved = saved;
    this.current = id;
    this.offer = undefined;
    this.problem = '';
  }

  open(id: string): Promise<StoredRun> {
    return this.call((library) => library.open(id));
  }

  async dismiss(): Promise<void> {
    const { offer } = this;
    this.offer = undefined;
    if (offer) await this.call((library) => library.dismiss(offer.id)).catch(() => undefined);
  }

  /** The worker has saved the current run, or could not. */
  take(report: SaveReport): void {
    if (!report.saved) {
      this.problem = words.messages.notSaved(report.message);
      return;
    }
    this.problem = '';
    this.saved = { step: report.step };
    this.#askToPersist();
  }

  /** For an effect: saves the fields of the page after a pause; returns what cancels it. */
  follow(page: unknown): () => void {
    const { current } = this;
    if (current === '' || !this.#stored) return () => undefined;
    const save = (): void => {
      this.call((library) => library.savePage(current, page)).catch(() => undefined);
    };
    const timer = setTimeout(save, DELAY_MS);
    return () => clearTimeout(timer);
  }

  /** Asks the browser not to delete runs by itself; browsers that show a question want it to follow a click. */
  #askToPersist(): void {
    if (this.#persistAsked) return;
    this.#persistAsked = true;
    const ask = ({ target }: MouseEvent): void => {
      if (!(target as Element).closest('button')) return;
      removeEventListener('click', ask);
      void (navigator as { storage?: StorageManager }).storage?.persist().catch(() => undefined);
    };
    addEventListener('click', ask);
  }
}

/** Without dashes, which separate the parts of the library's keys. */
export function newRunId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
