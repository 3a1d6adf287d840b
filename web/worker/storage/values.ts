// The library's values and their keys: info-RUN, save-RUN, page-RUN, and text-SHA256, which runs on the same text share.

import { transfer } from 'comlink';
import type { RunInfo, RunSave, StoredRun } from './protocol.ts';
import type { Store } from './store.ts';

type Bytes = Uint8Array<ArrayBuffer>;

export class Values {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** All runs that can be read, the newest first. */
  async infos(): Promise<RunInfo[]> {
    const ids = idsIn(await this.#store.keys(), 'info');
    const infos = await Promise.all(ids.map((id) => this.info(id).catch(() => undefined)));
    return infos.filter((info) => info !== undefined).sort((x, y) => y.saved - x.saved);
  }

  async info(id: string): Promise<RunInfo | undefined> {
    const parts = await this.#store.read(`info-${id}`);
    return parts && fromJson<RunInfo>(parts[0]);
  }

  async writeInfo(info: RunInfo): Promise<void> {
    await this.#store.write(`info-${info.id}`, [toJson(info)]);
  }

  async writeSave(id: string, { checkpoint, weights, record, figures }: RunSave): Promise<void> {
    const files = weights ? [checkpoint, weights] : [checkpoint];
    await this.#store.write(`save-${id}`, [toJson({ record, figures }), ...files]);
  }

  async save(id: string): Promise<RunSave | undefined> {
    const parts = await this.#store.read(`save-${id}`);
    if (!parts) return undefined;
    const [description, checkpoint, weights] = parts;
    return {
      ...fromJson<Pick<RunSave, 'record' | 'figures'>>(description),
      checkpoint: checkpoint!,
      weights,
    };
  }

  async writePage(id: string, page: unknown): Promise<void> {
    await this.#store.write(`page-${id}`, [toJson(page)]);
  }

  /** Undefined also if it is damaged: the run can be opened without it. */
  async page(id: string): Promise<unknown> {
    const parts = await this.#store.read(`page-${id}`).catch(() => undefined);
    return parts && fromJson(parts[0]);
  }

  async writeText(sha256: string, text: Bytes): Promise<void> {
    const key = `text-${sha256}`;
    if (!(await this.#store.keys()).includes(key)) await this.#store.write(key, [text]);
  }

  async text(sha256: string): Promise<Bytes | undefined> {
    return (await this.#store.read(`text-${sha256}`))?.[0];
  }

  /** Copies the save and the page's state of a run; its info is written by the caller. */
  async copy(from: string, to: string): Promise<void> {
    for (const kind of ['save', 'page']) {
      const parts = await this.#store.read(`${kind}-${from}`);
      if (parts) await this.#store.write(`${kind}-${to}`, parts);
    }
  }

  /** Removes a run, its info first, so that it never appears without its save. */
  async remove(id: string): Promise<void> {
    for (const kind of ['info', 'save', 'page']) await this.#store.remove(`${kind}-${id}`);
  }

  /** Removes what no run refers to: texts of removed runs, and the rest of removals that were interrupted. */
  async sweep(): Promise<void> {
    const keys = await this.#store.keys();
    const ids = new Set(idsIn(keys, 'info'));
    const texts = new Set<string>();
    for (const id of ids) {
      const info = await this.info(id).catch(() => undefined);
      // The text of a run that cannot be read is unknown, so all texts stay.
      if (!info) return;
      texts.add(info.text.sha256);
    }
    for (const key of keys) {
      const [kind, id = ''] = key.split('-');
      if (kind === 'info' || (kind === 'text' ? texts : ids).has(id)) continue;
      await this.#store.remove(key);
    }
  }
}

/** Hands the bytes over to the caller's thread instead of copying them. */
export function transferred(run: StoredRun): StoredRun {
  const all = [run.checkpoint, run.text, ...(run.weights ? [run.weights] : [])];
  return transfer(
    run,
    all.map(({ buffer }) => buffer),
  );
}

function idsIn(keys: readonly string[], kind: string): string[] {
  return keys.filter((key) => key.startsWith(`${kind}-`)).map((key) => key.slice(kind.length + 1));
}

function toJson(value: unknown): Bytes {
  return new TextEncoder().encode(JSON.stringify(value ?? null));
}

function fromJson<T>(bytes: Bytes | undefined): T {
  return JSON.parse(new TextDecoder().decode(bytes)) as T;
}
