// Values in IndexedDB, whose transactions leave the old value or the new one.

import type { DBSchema, IDBPDatabase } from 'idb';
import type { Parts, Store } from './store.ts';

interface Schema extends DBSchema {
  values: { key: string; value: Parts };
}

export class IdbStore implements Store {
  readonly kind = 'indexeddb';
  readonly #database: IDBPDatabase<Schema>;

  private constructor(database: IDBPDatabase<Schema>) {
    this.#database = database;
  }

  /** Rejects where the browser has no IndexedDB. */
  static async open(): Promise<IdbStore> {
    const { openDB } = await import('idb');
    return new IdbStore(
      await openDB<Schema>('mini-llm', 1, {
        upgrade: (database) => void database.createObjectStore('values'),
      }),
    );
  }

  async write(key: string, parts: Parts): Promise<void> {
    const transaction = this.#database.transaction('values', 'readwrite', { durability: 'strict' });
    await Promise.all([transaction.store.put(parts, key), transaction.done]);
  }

  async read(key: string): Promise<Parts | undefined> {
    return this.#database.get('values', key);
  }

  async remove(key: string): Promise<void> {
    await this.#database.delete('values', key);
  }

  async keys(): Promise<string[]> {
    return this.#database.getAllKeys('values');
  }
}
