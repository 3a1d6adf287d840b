// Where the browser keeps runs: values under keys. Three implementations: OPFS, IndexedDB, memory.

import { DamagedError } from './slot.ts';
import { IdbStore } from './idb-store.ts';
import { MemoryStore } from './memory-store.ts';
import { OpfsStore } from './opfs-store.ts';

/** A value: a few byte arrays, for instance a description and a checkpoint. */
export type Parts = readonly Uint8Array<ArrayBuffer>[];

export interface Store {
  readonly kind: StoreKind;
  /** Replaces a value. If it fails or is killed at any moment, the value is the old or the new one. */
  write(key: string, parts: Parts): Promise<void>;
  /** Undefined if there is no such value; throws DamagedError if it cannot be read back unchanged. */
  read(key: string): Promise<Parts | undefined>;
  remove(key: string): Promise<void>;
  keys(): Promise<string[]>;
}

export type StoreKind = 'opfs' | 'indexeddb' | 'memory';

/** The best store that this browser allows here. */
export async function openStore(): Promise<Store> {
  for (const open of [() => OpfsStore.open(), () => IdbStore.open()]) {
    try {
      return await open();
    } catch {
      // Private windows and old browsers lack one or both.
    }
  }
  return new MemoryStore();
}

/** Whether a write failed because the browser allows no more bytes. */
export function isFull(error: unknown): boolean {
  return (error as Error | null)?.name === 'QuotaExceededError';
}

export function isDamaged(error: unknown): boolean {
  return error instanceof DamagedError;
}
