// Where the browser keeps runs: values under keys. Three implementations: OPFS, IndexedDB, memory.

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

/** A value cannot be read back unchanged. */
export class DamagedError extends Error {
  override name = 'DamagedError';
}

/** Whether a write failed because the browser allows no more bytes. */
export function isFull(error: unknown): boolean {
  return (error as Error | null)?.name === 'QuotaExceededError';
}

export function isDamaged(error: unknown): boolean {
  return error instanceof DamagedError;
}
