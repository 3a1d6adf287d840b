// A save that fails at any of its calls of the file system leaves the old file whole, and no temporary file.

import fs from 'node:fs';
import path from 'node:path';
import { ModelSaves } from '../web/cli/model-saves.ts';
import { writeOrRescue, writeSafely } from '../web/cli/files.ts';
import { scratch } from './helpers/cli.ts';
import { sha256, sharedEngine, tiny, trained } from './helpers/engine.ts';
import { english } from './helpers/texts.ts';

const CALLS = [
  'openSync',
  'writeFileSync',
  'fsyncSync',
  'closeSync',
  'renameSync',
  'linkSync',
  'rmSync',
] as const;
type Call = (typeof CALLS)[number];
type Fs = Record<Call, (...args: never[]) => unknown>;

/** Calls `act` while call number k of the file system fails, a write after half its bytes; returns the calls made. */
function failingAt(k: number, act: () => void): Call[] {
  const made: Call[] = [];
  const real = Object.fromEntries(CALLS.map((name) => [name, fs[name]])) as unknown as Fs;
  for (const name of CALLS)
    (fs as unknown as Fs)[name] = (...args: never[]): unknown => {
      made.push(name);
      if (made.length !== k) return real[name](...args);
      if (name === 'writeFileSync') {
        const [file, bytes] = args as unknown as [number, Uint8Array];
        real.writeFileSync(...([file, bytes.subarray(0, bytes.length / 2)] as unknown as never[]));
      }
      // The file is closed all the same, as by the system.
      if (name === 'closeSync') real.closeSync(...args);
      throw Object.assign(new Error(`${name} fails`), { code: 'ENOSPC' });
    };
  try {
    act();
  } finally {
    Object.assign(fs, real);
  }
  return made;
}

const folder = scratch();
const out = path.join(folder, 'model.safetensors');
const bytesOf = (name: string): Uint8Array => new Uint8Array(fs.readFileSync(path.join(folder, name)));
const hashOf = (name: string): string => sha256(bytesOf(name));

/** Three saves of one run. */
const saves: Uint8Array[] = [];
beforeAll(async () => {
  const engine = await sharedEngine();
  for (const stop_at_step of [1, 2, 3]) {
    const { run } = await trained(engine, english(2000), tiny({ stop_at_step }));
    saves.push(run.save());
    await run.delete();
  }
});

beforeEach(() => {
  for (const name of fs.readdirSync(folder)) fs.rmSync(path.join(folder, name));
});

test('writeSafely fails with a sentence at every call but those after the rename, and the old file stays', () => {
  writeSafely(out, saves[0]!);
  const failed: string[] = [];
  for (let k = 1; ; k++) {
    let message = '';
    const made = failingAt(k, () => {
      try {
        writeSafely(out, saves[1]!);
      } catch (error) {
        message = (error as Error).message;
      }
    });
    if (made.length < k) break;
    expect(fs.readdirSync(folder)).toEqual(['model.safetensors']);
    const call = `${k} ${made[k - 1]}`;
    if (message !== '') {
      failed.push(call);
      expect(message).toBe(
        `${out} could not be written: the disk is full; the file that was there is unchanged.`,
      );
      expect(hashOf('model.safetensors')).toBe(sha256(saves[0]!));
    } else {
      // The new file is in place; only the sync of its folder failed.
      expect(hashOf('model.safetensors')).toBe(sha256(saves[1]!));
      writeSafely(out, saves[0]!);
    }
  }
  expect(failed).toEqual(['1 openSync', '2 writeFileSync', '3 fsyncSync', '4 closeSync', '5 renameSync']);
});

test('with --keep, at every call the model is the old or the new save, and the kept ones are whole', async () => {
  const engine = await sharedEngine();
  const stepOf = (name: string): number => engine.checkpointInfo(bytesOf(name)).step;
  for (let k = 1; ; k++) {
    for (const name of fs.readdirSync(folder)) fs.rmSync(path.join(folder, name));
    const model = new ModelSaves(out, 1, () => undefined);
    model.save(saves[0]!, 1);
    model.save(saves[1]!, 2);
    let failed = false;
    const made = failingAt(k, () => {
      try {
        model.save(saves[2]!, 3);
      } catch {
        failed = true;
      }
    });
    if (made.length < k) break;
    const names = fs.readdirSync(folder);
    expect(names).toContain('model.safetensors');
    expect(stepOf('model.safetensors')).toBe(failed && made[k - 1] !== 'rmSync' ? 2 : 3);
    for (const name of names) {
      expect(name).toMatch(/^model(\.step-[12])?\.safetensors$/);
      const [, step] = /step-(\d)/.exec(name) ?? [];
      if (step !== undefined) expect(stepOf(name)).toBe(Number(step));
    }
    // The next save works again, and keeps as many as it should.
    model.save(saves[2]!, 3);
    expect(stepOf('model.safetensors')).toBe(3);
  }
});

const tmpfs = path.join(folder, 'small');
const isRoot = process.getuid?.() === 0;

/** A disk of 64 kB, if this process may mount one. */
async function mounted(): Promise<boolean> {
  if (!isRoot) return false;
  const { execFileSync } = await import('node:child_process');
  fs.mkdirSync(tmpfs);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', tmpfs], { stdio: 'ignore' });
    return true;
  } catch {
    fs.rmdirSync(tmpfs);
    return false;
  }
}

test('on a disk that is really full the old save stays, and the new one is saved elsewhere', async () => {
  if (!(await mounted())) {
    // Mounting takes root; the tests above fail every call instead.
    expect(fs.existsSync(tmpfs)).toBe(false);
    return;
  }
  const { execFileSync } = await import('node:child_process');
  const file = path.join(tmpfs, 'model.safetensors');
  const before = process.cwd();
  try {
    writeSafely(file, saves[0]!.subarray(0, 40_000));
    process.chdir(folder);
    expect(() => writeOrRescue(file, saves[1]!.subarray(0, 40_000))).toThrow(
      /could not be written: the disk is full; the file that was there is unchanged\. It was saved as /,
    );
    expect(sha256(fs.readFileSync(file))).toBe(sha256(saves[0]!.subarray(0, 40_000)));
    expect(fs.readdirSync(tmpfs)).toEqual(['model.safetensors']);
    expect(hashOf('model.safetensors')).toBe(sha256(saves[1]!.subarray(0, 40_000)));
  } finally {
    process.chdir(before);
    execFileSync('umount', [tmpfs]);
    fs.rmdirSync(tmpfs);
  }
});
