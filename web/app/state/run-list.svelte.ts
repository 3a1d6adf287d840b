// The panel of stored runs: the list, and what a person can do with a run.

import { sentence } from '../../engine/errors.ts';
import type { ListedRun, StorageState } from '../../worker/storage/protocol.ts';
import { download } from '../lib/browser.ts';
import { fileName } from './open-model.ts';
import { newRunId } from './runs.svelte.ts';
import type { Session } from './session.svelte.ts';
import { words } from '../words/words.ts';

export class RunList {
  runs = $state.raw<readonly ListedRun[]>([]);
  storage = $state.raw<StorageState | undefined>(undefined);
  /** The run that was deleted last, while that can be undone. */
  deleted = $state.raw<ListedRun | undefined>(undefined);
  problem = $state('');
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  async refresh(): Promise<void> {
    const { runs } = this.#session;
    await this.#try(async () => {
      this.runs = await runs.call((library) => library.list());
      this.storage = await runs.call((library) => library.state());
    });
  }

  async rename({ id }: ListedRun, name: string): Promise<void> {
    const trimmed = name.trim();
    if (trimmed === '') return;
    await this.#change(() => this.#session.runs.call((library) => library.rename(id, trimmed)));
  }

  async duplicate({ id, name }: ListedRun): Promise<void> {
    const copy = words.runs.copyOf(name);
    await this.#change(() => this.#session.runs.call((library) => library.duplicate(id, newRunId(), copy)));
  }

  async download({ id, name, weights_step }: ListedRun): Promise<void> {
    await this.#try(async () => {
      const bytes = await this.#session.runs.call((library) => library.file(id));
      download(bytes, fileName(name.replace(/[^\p{L}\p{N}._-]+/gu, '-'), { step: weights_step }));
    });
  }

  async remove(run: ListedRun): Promise<void> {
    const { runs } = this.#session;
    await this.#change(async () => {
      await runs.call((library) => library.remove(run.id));
      this.deleted = run;
      if (runs.current === run.id) runs.use('');
    });
  }

  async restore(): Promise<void> {
    const { deleted } = this;
    if (!deleted) return;
    await this.#change(async () => {
      await this.#session.runs.call((library) => library.restore(deleted.id));
      this.deleted = undefined;
    });
  }

  /** Asks the browser not to delete runs by itself. */
  async persist(): Promise<void> {
    await this.#change(async () => {
      if (await navigator.storage.persist()) return;
      throw new Error(words.runs.notPersisted);
    });
  }

  async #change(act: () => Promise<void>): Promise<void> {
    await this.#try(act);
    const { problem } = this;
    await this.refresh();
    this.problem ||= problem;
  }

  async #try(act: () => Promise<void>): Promise<void> {
    this.problem = '';
    try {
      await act();
    } catch (error) {
      this.problem = sentence(error);
    }
  }
}
