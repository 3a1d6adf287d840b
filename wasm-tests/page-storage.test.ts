// The library of runs in a real browser: saves that fail, damaged files, full storage, several tabs, and browsers without a
// private file system.

import type { Page } from 'playwright-core';
import { TestLibrary, sha256Of } from './helpers/library.ts';
import { limitStorage, usePage } from './helpers/page.ts';
import { NO_STORAGE, StaticHost } from './helpers/static-host.ts';

const DAMAGED = 'Both copies of this save are damaged';
const ELSEWHERE = 'This run is open in another tab';

describe('the library of runs', () => {
  const host = new StaticHost();
  host.isolating = true;
  const { open, address } = usePage(() => host.listen());
  let page: Page;
  let names = 0;

  beforeEach(async () => {
    host.storagePrelude = '';
    ({ page } = await open());
  });

  const start = (): Promise<TestLibrary> => TestLibrary.start(page, `library ${++names}`);

  /** What a new visit finds after this one has ended. */
  async function after(library: TestLibrary): Promise<TestLibrary> {
    await library.end();
    return start();
  }

  test('a run that was saved is there with its text after the worker has ended', async () => {
    const library = await start();
    await library.begin('aa', 'Once upon a time.');
    for (const step of [1, 2, 3]) await library.save('aa', step);
    const next = await after(library);
    expect(await next.offered()).toMatchObject({ id: 'aa', step: 3, name: 'aa', kept: false });
    expect(await next.open('aa')).toMatchObject({ value: 3, bytes: 1000, text: 'Once upon a time.' });
    expect((await next.state()).kind).toBe('opfs');
  });

  test('a save that fails at its k-th call of the file system leaves the last one or the new one, for every k', async () => {
    let library = await start();
    await library.begin('aa');
    await library.save('aa', 1);
    const outcomes: string[] = [];
    for (let k = 1, last = 1; ; k++) {
      await library.worker.evaluate(failAtCall, k);
      const failed = await library.save('aa', k + 1).then(
        () => '',
        (error: Error) => error.message,
      );
      library = await after(library);
      const { value } = await library.open('aa');
      expect([last, k + 1]).toContain(value);
      outcomes.push(failed === '' ? 'saved' : value === last ? 'old' : 'new');
      if (failed === '') break;
      expect(failed).toContain('The disk has failed.');
      // The next save is not disturbed by what the failed one has left.
      await library.save('aa', k + 100);
      last = k + 100;
    }
    // Two files, each with its parts and its header, and a flush after both.
    expect(outcomes).toHaveLength(12);
    expect(outcomes).toContain('old');
    expect(outcomes).toContain('new');
    expect(outcomes.at(-1)).toBe('saved');
  });

  test.each(['header', 'checksum', 'description', 'checkpoint'] as const)(
    'a byte corrupted in the %s of one slot falls back to the other, and in both is refused with a sentence',
    async (where) => {
      let library = await start();
      await library.begin('aa');
      for (const step of [1, 2]) await library.save('aa', step);
      await library.worker.evaluate(corrupt, { file: 'save-aa.b', at: PLACES[where] });
      library = await after(library);
      expect((await library.open('aa')).value).toBe(1);
      // The damaged slot is the one that the next save overwrites.
      await library.save('aa', 3);
      library = await after(library);
      expect((await library.open('aa')).value).toBe(3);
      await library.worker.evaluate(corrupt, { file: 'save-aa.a', at: PLACES[where] });
      await library.worker.evaluate(corrupt, { file: 'save-aa.b', at: PLACES[where] });
      library = await after(library);
      await expect(library.open('aa')).rejects.toThrow(DAMAGED);
      await library.remove('aa');
      expect(await library.list()).toEqual([]);
    },
  );

  test('whichever byte of the newest slot is corrupted, the other slot opens', async () => {
    const library = await start();
    await library.begin('aa');
    for (const step of [1, 2]) await library.save('aa', step, 16);
    const file = 'save-aa.b';
    const size = await library.worker.evaluate(sizeOf, file);
    expect(size).toBeGreaterThan(256 + 16);
    const undetected: number[] = [];
    for (let at = 0; at < size; at++) {
      await library.worker.evaluate(corrupt, { file, at });
      if ((await library.open('aa')).value !== 1) undetected.push(at);
      await library.worker.evaluate(corrupt, { file, at }); // restores it
    }
    expect(undetected).toEqual([]);
    expect((await library.open('aa')).value).toBe(2);
  });

  test('a run that another tab holds is refused, and opens once that tab is closed', async () => {
    const library = await start();
    await library.begin('aa');
    await library.save('aa', 1);
    const other = await start();
    expect(await other.list()).toMatchObject([{ id: 'aa', elsewhere: true }]);
    for (const act of [other.open('aa'), other.rename('aa', 'Mine'), other.remove('aa'), other.save('aa', 9)])
      await expect(act).rejects.toThrow(ELSEWHERE);
    expect(await other.offered()).toBeUndefined();
    await library.save('aa', 2);
    await library.end();
    expect((await other.open('aa')).value).toBe(2);
  });

  test('renames, duplicates and deletes runs; deleting can be undone until the tab ends', async () => {
    let library = await start();
    await library.begin('aa', 'The same text.');
    await library.save('aa', 7);
    await library.rename('aa', 'My run');
    await library.duplicate('aa', 'bb');
    const listed = (await library.list()).map(({ name, kept, step }) => ({ name, kept, step }));
    expect(listed).toHaveLength(2);
    expect(listed).toContainEqual({ name: 'My run', kept: true, step: 7 });
    expect(listed).toContainEqual({ name: 'My run (copy)', kept: true, step: 7 });
    await library.remove('aa');
    expect((await library.list()).map(({ id }) => id)).toEqual(['bb']);
    await library.restore('aa');
    expect((await library.open('aa')).value).toBe(7);
    await library.remove('aa');
    library = await after(library);
    expect((await library.open('bb')).text).toBe('The same text.');
    await library.remove('bb');
    library = await after(library);
    await library.begin('cc');
    expect((await library.files()).filter((name) => !name.includes('cc'))).toEqual([
      'text-' + sha256Of('The text of cc.') + '.a',
    ]);
  });

  test('a dismissed run is not offered again until it is saved again', async () => {
    const library = await start();
    await library.begin('aa');
    await library.save('aa', 1);
    expect((await library.offered())?.id).toBe('aa');
    await library.dismiss('aa');
    expect(await library.offered()).toBeUndefined();
    await library.save('aa', 2);
    expect((await library.offered())?.id).toBe('aa');
  });

  test('when the storage is full, deleted and then old runs give way, never a kept one, and the last save stays', async () => {
    const library = await start();
    const MB = 1_000_000;
    for (const id of ['aa', 'bb', 'cc', 'dd']) {
      await library.begin(id);
      await library.save(id, 1, MB);
      await library.close();
    }
    await library.rename('aa', 'Kept');
    await library.remove('dd');
    const names = async () => (await library.list()).map(({ name }) => name).sort();
    await limitStorage(page, address(), 5.5 * MB);
    await library.begin('ee');
    await library.save('ee', 1, 2 * MB); // dd goes
    expect(await names()).toEqual(['Kept', 'bb', 'cc', 'ee']);
    await expect(library.restore('dd')).rejects.toThrow('no longer stored');
    await library.save('ee', 2, 2 * MB); // bb and cc go
    expect(await names()).toEqual(['Kept', 'ee']);
    await limitStorage(page, address(), 4.5 * MB);
    await expect(library.save('ee', 3, 3 * MB)).rejects.toThrow('is full');
    const next = await after(library);
    expect((await next.open('ee')).value).toBe(2);
    expect((await next.open('aa')).value).toBe(1);
  });

  test('without a private file system runs are kept in IndexedDB', async () => {
    host.storagePrelude = 'delete FileSystemFileHandle.prototype.createSyncAccessHandle;';
    const library = await start();
    await library.begin('aa', 'Once.');
    for (const step of [1, 2]) await library.save('aa', step);
    await library.duplicate('aa', 'bb');
    const next = await after(library);
    expect((await next.state()).kind).toBe('indexeddb');
    expect(await next.open('aa')).toMatchObject({ value: 2, text: 'Once.' });
    await next.remove('aa');
    expect((await next.list()).map(({ id }) => id)).toEqual(['bb']);
  });

  test('with neither, runs are kept until the tab is closed', async () => {
    host.storagePrelude = NO_STORAGE;
    const library = await start();
    await library.begin('aa');
    for (const step of [1, 2]) await library.save('aa', step);
    expect((await library.state()).kind).toBe('memory');
    expect((await library.open('aa')).value).toBe(2);
    expect((await library.open('aa')).value).toBe(2);
    expect(await (await after(library)).list()).toEqual([]);
  });
});

/** Bytes of a slot file that must not change. */
const PLACES = { header: 3, checksum: 20, description: 260, checkpoint: -5 } as const;

/** Runs in the worker: the k-th call that writes fails, also halfway through a write. */
function failAtCall(k: number): void {
  let calls = 0;
  const { prototype } = (
    self as unknown as { FileSystemSyncAccessHandle: { prototype: Record<string, unknown> } }
  ).FileSystemSyncAccessHandle;
  for (const name of ['write', 'truncate', 'flush']) {
    const original = prototype[name] as (...args: unknown[]) => unknown;
    prototype[name] = function (this: unknown, ...args: unknown[]) {
      if (++calls !== k) return original.apply(this, args);
      const [bytes, at] = args;
      if (name === 'write')
        original.call(this, (bytes as Uint8Array).subarray(0, (bytes as Uint8Array).length / 2), at);
      throw new Error('The disk has failed.');
    };
  }
}

/** Runs in the worker. */
async function sizeOf(file: string): Promise<number> {
  const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('runs');
  return (await (await folder.getFileHandle(file)).getFile()).size;
}

/** Runs in the worker: changes one bit of a file. */
async function corrupt({ file, at }: { file: string; at: number }): Promise<void> {
  const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('runs');
  const handle = await folder.getFileHandle(file);
  const bytes = new Uint8Array(await (await handle.getFile()).arrayBuffer());
  const place = at < 0 ? bytes.length + at : at;
  bytes[place]! ^= 1;
  const writable = await handle.createWritable();
  await writable.write(bytes);
  await writable.close();
}
