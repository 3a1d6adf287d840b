// The library of runs that the browser keeps.

import { expose, transfer } from 'comlink';
import type { RunRecord } from '../../engine/run-record.ts';
import { heldAnywhere, inLibrary, RunLocks } from './locks.ts';
import type { Library, ListedRun, NewRun, RunInfo, RunSave, StorageState, StoredRun } from './protocol.ts';
import { Room } from './room.ts';
import { isDamaged, isFull, type Store } from './store.ts';
import { transferred, Values } from './values.ts';

const ELSEWHERE = 'This run is open in another tab. Go on there, or close that tab first.';

export class RunLibrary implements Library {
  readonly #store: Promise<Store>;
  readonly #locks = new RunLocks();
  readonly #opened: Promise<{ values: Values; room: Room }>;
  /** The run that this tab trains or has open. */
  #current = '';
  /** A deleted run that can be restored. */
  #deleted = '';
  /** Changes are made one after the other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(store: Promise<Store>) {
    this.#store = store;
    this.#opened = store.then(async (store) => {
      const values = new Values(store);
      const room = new Room(values, this.#locks);
      // The list must not wait for another tab.
      this.#change(() => room.purge()).catch(() => undefined);
      return { values, room };
    });
  }

  async connect(port: MessagePort): Promise<void> {
    expose(this, port);
  }

  async state(): Promise<StorageState> {
    const { kind } = await this.#store;
    const storage = (navigator as { storage?: StorageManager }).storage;
    const { usage, quota } = (await storage?.estimate()) ?? {};
    const left = usage === undefined || quota === undefined ? undefined : Math.max(0, quota - usage);
    return { kind, used: usage, left, persisted: (await storage?.persisted()) ?? false };
  }

  async list(): Promise<ListedRun[]> {
    const { values } = await this.#opened;
    const held = await heldAnywhere();
    const shown = (await values.infos()).filter(({ deleted, bytes }) => !deleted && bytes > 0);
    return shown.map((info) => ({
      ...info,
      elsewhere: held.has(info.id) && !this.#locks.held.includes(info.id),
    }));
  }

  async offered(): Promise<RunInfo | undefined> {
    const [newest] = await this.list();
    if (!newest || newest.dismissed) return undefined;
    // After a reload the earlier page may hold it for a moment.
    if (newest.elsewhere && !(await this.#locks.claim(newest.id, true))) return undefined;
    if (newest.id !== this.#current) this.#locks.release(newest.id);
    return newest;
  }

  async begin(run: NewRun, text: Uint8Array<ArrayBuffer>): Promise<void> {
    const { id, sha256 } = run;
    await this.#changeHeld(id, async ({ values, room }) => {
      await room.tidy();
      await room.with(() =>
        inLibrary(async () => {
          await values.writeText(sha256, text);
          if (!(await values.info(id))) await values.writeInfo(newInfo(run, text.length));
        }),
      );
      this.#hold(id);
    });
  }

  async save(id: string, save: RunSave): Promise<RunInfo> {
    return this.#changeHeld(id, async ({ values, room }) => {
      try {
        await room.with(() => values.writeSave(id, save));
        const info = { ...(await this.#info(id)), ...save.figures, saved: Date.now() };
        const saved = { ...info, bytes: (save.weights ?? save.checkpoint).length, dismissed: false };
        await room.with(() => values.writeInfo(saved));
        return saved;
      } catch (error) {
        if (!isFull(error)) throw error;
        throw new Error('The storage that the browser gives to this page is full.', { cause: error });
      }
    });
  }

  async savePage(id: string, page: unknown): Promise<void> {
    await this.#changeHeld(id, ({ values }) => values.writePage(id, page));
  }

  async open(id: string): Promise<StoredRun> {
    return this.#change(async ({ values }) => {
      const before = this.#locks.held.includes(id);
      if (!(await this.#locks.claim(id, true))) throw new Error(ELSEWHERE);
      try {
        const info = await this.#info(id);
        const [save, text, page] = [
          await values.save(id),
          await values.text(info.text.sha256),
          await values.page(id),
        ];
        if (!save || !text)
          throw new Error('This run has not been saved completely, so it cannot be opened.');
        this.#hold(id);
        // The tab may have been killed between the two writes of a save.
        if (save.figures.step !== info.step) await this.#write(id, save.figures);
        return transferred({ ...save, info, text, page });
      } catch (error) {
        if (!before) this.#locks.release(id);
        throw error;
      }
    });
  }

  async close(): Promise<void> {
    await this.#change(async () => this.#hold(''));
  }

  async record(id: string): Promise<RunRecord | undefined> {
    const { values } = await this.#opened;
    return (await values.save(id))?.record;
  }

  async file(id: string): Promise<Uint8Array<ArrayBuffer>> {
    const { values } = await this.#opened;
    const save = await values.save(id);
    if (!save) throw new Error('This run has not been saved yet.');
    const file = save.weights ?? save.checkpoint;
    return transfer(file, [file.buffer]);
  }

  async rename(id: string, name: string): Promise<void> {
    await this.#update(id, { name, kept: true });
  }

  async dismiss(id: string): Promise<void> {
    await this.#update(id, { dismissed: true });
  }

  async duplicate(id: string, copy: string, name?: string): Promise<void> {
    await this.#change(async ({ values, room }) => {
      const info = await this.#info(id);
      try {
        await inLibrary(async () => {
          await values.copy(id, copy);
          const saved = Date.now();
          await values.writeInfo({
            ...info,
            saved,
            id: copy,
            name: name ?? `${info.name} (copy)`,
            kept: true,
          });
        });
      } catch (error) {
        await room.remove(copy);
        if (!isFull(error)) throw error;
        throw new Error('There is no room for a copy: delete another run first.', { cause: error });
      }
    });
  }

  async remove(id: string): Promise<void> {
    await this.#change(async ({ room }) => {
      if (!(await this.#locks.claim(id))) throw new Error(ELSEWHERE);
      if (id === this.#current) this.#current = '';
      const last = this.#deleted;
      try {
        await this.#write(id, { deleted: true });
        this.#deleted = id;
      } catch (error) {
        // A run that cannot be read cannot be restored either.
        if (!isDamaged(error)) throw error;
        await room.remove(id);
        this.#locks.release(id);
      }
      if (last === '') return;
      await room.remove(last);
      this.#locks.release(last);
    });
  }

  async restore(id: string): Promise<void> {
    await this.#update(id, { deleted: false });
    this.#deleted = '';
    this.#locks.release(id);
  }

  /** Holds this run and no other, except a deleted one. */
  #hold(id: string): void {
    if (this.#current !== id && this.#current !== '') this.#locks.release(this.#current);
    this.#current = id;
  }

  async #info(id: string): Promise<RunInfo> {
    const info = await (await this.#opened).values.info(id);
    if (!info) throw new Error('This run is no longer stored: it was deleted, or gave way to newer ones.');
    return info;
  }

  async #write(id: string, changes: Partial<RunInfo>): Promise<void> {
    const info = await this.#info(id);
    await (await this.#opened).values.writeInfo({ ...info, ...changes });
  }

  /** Changes the description of a run that no other tab has open. */
  async #update(id: string, changes: Partial<RunInfo>): Promise<void> {
    await this.#change(async () => {
      const before = this.#locks.held.includes(id);
      if (!(await this.#locks.claim(id))) throw new Error(ELSEWHERE);
      await this.#write(id, changes).finally(() => {
        if (!before) this.#locks.release(id);
      });
    });
  }

  /** Changes a run that this tab then holds. */
  async #changeHeld<T>(id: string, act: (how: { values: Values; room: Room }) => Promise<T>): Promise<T> {
    return this.#change(async (how) => {
      if (!(await this.#locks.claim(id, true))) throw new Error(ELSEWHERE);
      return act(how);
    });
  }

  #change<T>(act: (how: { values: Values; room: Room }) => Promise<T>): Promise<T> {
    const change = this.#last.then(async () => act(await this.#opened));
    this.#last = change.catch(() => undefined);
    return change;
  }
}

function newInfo({ id, text, sha256, figures }: NewRun, bytes: number): RunInfo {
  return {
    ...figures,
    id,
    name: text.title ?? (text.name || 'Typed text'),
    kept: false,
    text: { ...text, sha256, bytes },
    saved: Date.now(),
    bytes: 0,
    dismissed: false,
    deleted: false,
  };
}
