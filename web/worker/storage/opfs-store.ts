// Values in the origin private file system, each in two slot files. A save goes to the slot that does not hold the newest
// intact value, so that value survives whatever happens to the save.

import { HEADER_BYTES, isIntact, isUnfinished, makeHeader, readHeader } from './slot.ts';
import { DamagedError, type Parts, type Store } from './store.ts';

// TypeScript declares these only for programs that are all worker.
interface SyncHandle {
  write(bytes: Uint8Array<ArrayBuffer>, where: { at: number }): number;
  truncate(bytes: number): void;
  flush(): void;
  close(): void;
}
type SyncFileHandle = FileSystemFileHandle & { createSyncAccessHandle(): Promise<SyncHandle> };

const FOLDER = 'runs';
const SLOTS = ['a', 'b'] as const;
type Slot = (typeof SLOTS)[number];

/** Another tab may be reading or writing a file for a moment. */
const TRIES = 20;
const RETRY_MS = 50;

interface Found {
  slot: Slot;
  generation: number;
  parts: Parts;
}

/** The newest intact value, known without reading all of it again while the headers say the same generations. */
interface Known {
  slot: Slot | undefined;
  generation: number;
  seen: readonly number[];
}

export class OpfsStore implements Store {
  readonly kind = 'opfs';
  readonly #folder: FileSystemDirectoryHandle;
  readonly #known = new Map<string, Known>();

  private constructor(folder: FileSystemDirectoryHandle) {
    this.#folder = folder;
  }

  /** Rejects where the browser has no such file system, as in some private windows. */
  static async open(): Promise<OpfsStore> {
    if (!('createSyncAccessHandle' in FileSystemFileHandle.prototype))
      throw new Error('No synchronous access.');
    const root = await navigator.storage.getDirectory();
    return new OpfsStore(await root.getDirectoryHandle(FOLDER, { create: true }));
  }

  async write(key: string, parts: Parts): Promise<void> {
    const known = await this.#survey(key);
    const slot = known.slot === 'a' ? 'b' : 'a';
    const generation = known.generation + 1;
    const header = await makeHeader(generation, parts);
    const handle = await this.#openForWriting(fileName(key, slot));
    try {
      let at = HEADER_BYTES;
      for (const part of parts) at += writeAll(handle, part, at);
      handle.truncate(at);
      handle.flush();
      writeAll(handle, header, 0);
      handle.flush();
    } finally {
      handle.close();
    }
    const seen = SLOTS.map((other, i) => (other === slot ? generation : known.seen[i]!));
    this.#known.set(key, { slot, generation, seen });
  }

  async read(key: string): Promise<Parts | undefined> {
    const headers = await Promise.all(SLOTS.map((slot) => this.#header(key, slot)));
    if (headers.every((bytes) => !bytes || isUnfinished(bytes))) return undefined;
    const seen = headers.map(generationIn);
    const found = await this.#newest(key, seen);
    if (found) {
      const { slot, generation, parts } = found;
      this.#known.set(key, { slot, generation, seen });
      return parts;
    }
    throw new DamagedError('Both copies of this save are damaged, so it cannot be opened. Delete it.');
  }

  async remove(key: string): Promise<void> {
    this.#known.delete(key);
    for (const slot of SLOTS)
      await patiently(() => this.#folder.removeEntry(fileName(key, slot))).catch(ignoreMissing);
  }

  async keys(): Promise<string[]> {
    const keys = new Set<string>();
    for await (const name of this.#folder.keys()) keys.add(name.replace(/\.[ab]$/, ''));
    return [...keys];
  }

  /** Finds the slot to keep. Reads the values only once, unless another tab has saved or a save has failed. */
  async #survey(key: string): Promise<Known> {
    const seen = (await Promise.all(SLOTS.map((slot) => this.#header(key, slot)))).map(generationIn);
    const known = this.#known.get(key);
    if (known?.seen.every((generation, i) => generation === seen[i])) return known;
    const found = await this.#newest(key, seen);
    return { slot: found?.slot, generation: found?.generation ?? 0, seen };
  }

  /** The newest intact value. Reads an older one only if the newer one is damaged. */
  async #newest(key: string, generations: readonly number[]): Promise<Found | undefined> {
    const slots = SLOTS.map((slot, i) => ({ slot, generation: generations[i]! }));
    for (const { slot } of slots.sort((x, y) => y.generation - x.generation)) {
      const found = await this.#read(key, slot);
      if (found) return found;
    }
    return undefined;
  }

  /** The value of one slot if it is intact. */
  async #read(key: string, slot: Slot): Promise<Found | undefined> {
    return patiently(async () => {
      const file = await this.#file(key, slot);
      const header = file && readHeader(await bytesOf(file, 0, HEADER_BYTES));
      if (!header) return undefined;
      const parts: Uint8Array<ArrayBuffer>[] = [];
      let at = HEADER_BYTES;
      for (const length of header.lengths) {
        if (at + length > file.size) return undefined;
        parts.push(await bytesOf(file, at, length));
        at += length;
      }
      return (await isIntact(header, parts)) ? { slot, generation: header.generation, parts } : undefined;
    });
  }

  async #header(key: string, slot: Slot): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return patiently(async () => {
      const file = await this.#file(key, slot);
      return file && bytesOf(file, 0, HEADER_BYTES);
    });
  }

  async #file(key: string, slot: Slot): Promise<File | undefined> {
    const handle = await this.#folder.getFileHandle(fileName(key, slot)).catch(ignoreMissing);
    return handle?.getFile();
  }

  async #openForWriting(name: string): Promise<SyncHandle> {
    const file = await this.#folder.getFileHandle(name, { create: true });
    return patiently(() => (file as SyncFileHandle).createSyncAccessHandle());
  }
}

/** The generation in a header; 0 without one. */
function generationIn(bytes: Uint8Array<ArrayBuffer> | undefined): number {
  return (bytes && readHeader(bytes)?.generation) ?? 0;
}

function fileName(key: string, slot: Slot): string {
  return `${key}.${slot}`;
}

/** Returns the number of bytes written; throws unless it is all of them. */
function writeAll(handle: SyncHandle, bytes: Uint8Array<ArrayBuffer>, at: number): number {
  const written = handle.write(bytes, { at });
  if (written === bytes.length) return written;
  // A private window of Chromium returns a negative number as a large one when there is no room.
  throw new DOMException(`Not all of ${bytes.length} bytes could be written.`, 'QuotaExceededError');
}

async function bytesOf(file: File, from: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await file.slice(from, from + length).arrayBuffer());
}

/** Tries again while another tab has the file open. */
async function patiently<T>(act: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await act();
    } catch (error) {
      const { name } = error as Error;
      const passes = name === 'NoModificationAllowedError' || name === 'NotReadableError';
      if (!passes || tries === TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

function ignoreMissing(error: unknown): undefined {
  if ((error as Error).name !== 'NotFoundError') throw error;
}
