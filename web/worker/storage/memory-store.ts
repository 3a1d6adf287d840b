// Values that last as long as the tab, where the browser keeps nothing.

import type { Parts, Store } from './store.ts';

export class MemoryStore implements Store {
  readonly kind = 'memory';
  readonly #values = new Map<string, Parts>();

  async write(key: string, parts: Parts): Promise<void> {
    this.#values.set(key, parts);
  }

  async read(key: string): Promise<Parts | undefined> {
    // Copies, because values are transferred to the page.
    return this.#values.get(key)?.map((part) => part.slice());
  }

  async remove(key: string): Promise<void> {
    this.#values.delete(key);
  }

  async keys(): Promise<string[]> {
    return [...this.#values.keys()];
  }
}
