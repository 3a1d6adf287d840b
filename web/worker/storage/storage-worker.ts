// Keeps runs in a worker of its own, so that writing to the disk never stops training.

import { expose } from 'comlink';
import { RunLibrary } from './library.ts';
import { IdbStore } from './idb-store.ts';
import { MemoryStore } from './memory-store.ts';
import { OpfsStore } from './opfs-store.ts';
import type { Store } from './store.ts';

/** The best store that this browser allows here. */
async function openStore(): Promise<Store> {
  for (const open of [() => OpfsStore.open(), () => IdbStore.open()]) {
    try {
      return await open();
    } catch {
      // Private windows and old browsers lack one or both.
    }
  }
  return new MemoryStore();
}

expose(new RunLibrary(openStore()));
