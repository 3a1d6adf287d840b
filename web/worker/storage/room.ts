// Makes room for saves: deleted runs go first, then the oldest ones that the user has not kept.

import { inLibrary, RunLocks } from './locks.ts';
import type { RunInfo } from './protocol.ts';
import { isFull } from './store.ts';
import type { Values } from './values.ts';

/** Runs that the user has not kept use at most about this much. */
const UNKEPT_BYTES = 1e9;
/** A run has two slots. */
const COPIES = 2;

export class Room {
  readonly #values: Values;
  readonly #locks: RunLocks;

  constructor(values: Values, locks: RunLocks) {
    this.#values = values;
    this.#locks = locks;
  }

  /** Repeats a save that the storage has no room for, as long as another run can give way. */
  async with<T>(save: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await save();
      } catch (error) {
        if (!isFull(error) || !(await this.#giveWay())) throw error;
      }
    }
  }

  /** Keeps the runs that nobody has asked to keep within their limit. */
  async tidy(): Promise<void> {
    const infos = (await this.#values.infos()).filter(({ kept }) => !kept);
    let bytes = infos.reduce((sum, info) => sum + COPIES * info.bytes, 0);
    for (const info of infos.reverse()) {
      if (bytes <= UNKEPT_BYTES) return;
      if (await this.#removeUnlessHeld(info)) bytes -= COPIES * info.bytes;
    }
  }

  /** Removes runs that were deleted, or that ended before their first save. */
  async purge(): Promise<void> {
    for (const info of await this.#values.infos())
      if (info.deleted || info.bytes === 0) await this.#removeUnlessHeld(info);
    await inLibrary(() => this.#values.sweep());
  }

  /** Removes one run; returns false if none may go. */
  async #giveWay(): Promise<boolean> {
    const infos = (await this.#values.infos()).reverse();
    const deleted = infos.filter((info) => info.deleted);
    const old = infos.filter((info) => !info.deleted && !info.kept);
    for (const info of [...deleted, ...old]) if (await this.#removeUnlessHeld(info)) return true;
    return false;
  }

  /** Held runs are in use by a tab. */
  async #removeUnlessHeld({ id, deleted }: RunInfo): Promise<boolean> {
    const mine = this.#locks.held.includes(id);
    if (mine ? !deleted : !(await this.#locks.claim(id))) return false;
    try {
      await this.remove(id);
    } finally {
      this.#locks.release(id);
    }
    return true;
  }

  async remove(id: string): Promise<void> {
    await inLibrary(async () => {
      await this.#values.remove(id);
      await this.#values.sweep();
    });
  }
}
