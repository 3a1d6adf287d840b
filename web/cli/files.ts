// Files: read with sentences instead of error codes, written so that a crash leaves the old file or the new
// one and never half of one.

import fs from 'node:fs';
import path from 'node:path';
import { EXIT, Failure } from './exit.ts';

/** Node reads at most this much at once. */
const LARGEST = 2 ** 31 - 1;

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission was denied',
  EPERM: 'permission was denied',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file may not be that large',
  ENAMETOOLONG: 'the name is too long',
  EMFILE: 'too many files are open',
  EIO: 'the disk reported an error',
};

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}

/** Why the system refused, in words. */
export function reason(error: unknown): string {
  return REASONS[codeOf(error)] ?? (error as Error).message;
}

function statOf(file: string): fs.Stats | undefined {
  try {
    return fs.statSync(file);
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw new Failure(`${file} cannot be looked at: ${reason(error)}.`, EXIT.error, error);
  }
}

/** A whole file; `what` says what it should have been. */
export function readInput(file: string, what: string): Uint8Array {
  const stat = statOf(file);
  if (!stat) throw new Failure(`There is no file ${file}; ${what} was expected there.`);
  if (stat.isDirectory()) throw new Failure(`${file} is a folder; ${what} was expected there.`);
  if (!stat.isFile() && !stat.isFIFO())
    throw new Failure(`${file} is a device and not a file; ${what} was expected there.`);
  if (stat.size > LARGEST)
    throw new Failure(`${file} is larger than 2 GB, which is more than mini-llm can hold in memory.`);
  try {
    const bytes = fs.readFileSync(file);
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  } catch (error) {
    throw new Failure(`${file} cannot be read: ${reason(error)}.`, EXIT.error, error);
  }
}

/** Where the bytes really go: the file behind a link is replaced, not the link. */
function target(file: string): string {
  try {
    return fs.realpathSync(file);
  } catch {
    return path.resolve(file);
  }
}

function temporary(file: string): string {
  return path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}.tmp`);
}

/** Throws a sentence if the file could not be written later: asked before hours of training, not after. */
export function requireWritable(file: string): void {
  const stat = statOf(file);
  if (stat?.isDirectory()) throw new Failure(`${file} is a folder; name a file to save to.`);
  if (stat && !stat.isFile())
    throw new Failure(`${file} is a device and not a file; name a file to save to.`);
  const folder = path.dirname(target(file));
  if (!statOf(folder)?.isDirectory())
    throw new Failure(`The folder ${folder} does not exist, so ${file} cannot be saved; make it first.`);
  const probe = temporary(target(file));
  try {
    if (stat) fs.accessSync(file, fs.constants.W_OK);
    fs.closeSync(fs.openSync(probe, 'w'));
    fs.unlinkSync(probe);
  } catch (error) {
    throw new Failure(`${file} cannot be written: ${reason(error)}.`, EXIT.error, error);
  }
}

/** Temporary file, fsync, rename, fsync of the folder. */
export function writeSafely(file: string, bytes: Uint8Array | string): void {
  const goal = target(file);
  const draft = temporary(goal);
  try {
    writeDurably(draft, bytes);
    fs.renameSync(draft, goal);
    syncFolder(path.dirname(goal));
  } catch (error) {
    fs.rmSync(draft, { force: true });
    throw new Failure(
      `${file} could not be written: ${reason(error)}; what was there before is untouched.`,
      EXIT.error,
      error,
    );
  }
}

function writeDurably(file: string, data: Uint8Array | string): void {
  const fd = fs.openSync(file, 'w');
  try {
    fs.writeFileSync(fd, data);
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}

/** Makes the rename itself last; some systems cannot open folders, and then there is no more to do. */
function syncFolder(folder: string): void {
  let fd: number | undefined;
  try {
    fd = fs.openSync(folder, 'r');
    fs.fsyncSync(fd);
  } catch {
    return;
  } finally {
    if (fd !== undefined) fs.closeSync(fd);
  }
}

/** name.ext, or name-2.ext, name-3.ext … if that is taken: a default must not replace somebody's file. */
export function freeName(name: string): string {
  const { name: stem, ext } = path.parse(name);
  for (let n = 1; ; n++) {
    const candidate = n === 1 ? name : `${stem}-${n}${ext}`;
    if (!statOf(candidate)) return candidate;
  }
}
