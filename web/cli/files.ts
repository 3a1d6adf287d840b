// Reads files with clear errors, and writes them so that a crash leaves the old file or the new one, never a part.
// The package write-file-atomic does not sync the folder and names its temporary files after the target, which fails
// for long names; so this file does it.

import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { EXIT, Failure } from './exit.ts';
import { say } from './terminal.ts';

/** The largest file that Node reads at once. */
const MAX_BYTES = 2 ** 31 - 1;

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist or accepts no new files',
  EACCES: 'permission was denied',
  EPERM: 'permission was denied',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is exhausted',
  EFBIG: 'the file would be too large',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'its links form a loop',
  EMFILE: 'too many files are open',
  EIO: 'the disk reported an error',
  EISDIR: 'it is a folder',
};

export function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}

/** Explains a system error. */
export function reason(error: unknown): string {
  return REASONS[codeOf(error)] ?? (error as Error).message;
}

export function statOf(file: string): fs.Stats | undefined {
  try {
    return fs.statSync(file);
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw new Failure(`${file} cannot be accessed: ${reason(error)}.`, EXIT.error, error);
  }
}

/** Reads a whole file; `what` names the expected content in messages. */
export function readInput(file: string, what: string): Uint8Array {
  const stat = statOf(file);
  if (!stat) throw new Failure(`There is no file ${file || '""'}; expected ${what}.`);
  if (stat.isDirectory()) throw new Failure(`${file} is a folder; expected ${what}.`);
  if (!stat.isFile() && !stat.isFIFO()) throw new Failure(`${file} is a device; expected ${what}.`);
  if (stat.size > MAX_BYTES)
    throw new Failure(`${file} is larger than 2 GB, the most that mini-llm can read.`);
  try {
    const bytes = fs.readFileSync(file);
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  } catch (error) {
    throw new Failure(`${file} cannot be read: ${reason(error)}.`, EXIT.error, error);
  }
}

/** The name of an input in messages; "-" is standard input. */
export function inputName(file: string): string {
  return file === '-' ? 'Standard input' : path.basename(file);
}

/** Reads a whole file, or standard input for "-". */
export async function readInputOrStdin(file: string, what: string): Promise<Uint8Array> {
  return file === '-' ? readStdin(what) : readInput(file, what);
}

async function readStdin(what: string): Promise<Uint8Array> {
  if (process.stdin.isTTY) say(`Type or paste ${what}, then press Ctrl-D on an empty line.`);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      if ((size += chunk.length) > MAX_BYTES)
        throw new Failure('Standard input is larger than 2 GB, the most that mini-llm can read.');
    }
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(`Standard input cannot be read: ${reason(error)}.`, EXIT.error, error);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

/** Follows links to the file that is read or replaced; the file need not exist yet. */
export function realPath(file: string): string {
  try {
    return fs.realpathSync.native(file);
  } catch (error) {
    if (codeOf(error) === 'ELOOP') return absolute(file);
    // The file, or the target of the link, does not exist yet.
    const link = linkTarget(file);
    if (link !== undefined) return realPath(path.resolve(path.dirname(absolute(file)), link));
    const folder = path.dirname(absolute(file));
    const known = statOf(folder) ? fs.realpathSync.native(folder) : folder;
    return path.join(known, path.basename(file));
  }
}

function absolute(file: string): string {
  try {
    return path.resolve(file);
  } catch (error) {
    throw new Failure(
      `${file} cannot be found: the current folder no longer exists; change to another one.`,
      EXIT.error,
      error,
    );
  }
}

function linkTarget(file: string): string | undefined {
  try {
    return fs.readlinkSync(file);
  } catch {
    return undefined;
  }
}

/** A temporary file has its process's id in its name. Until 0.3.0 the name began with the target's name. */
const TEMPORARY = /^\.(?:mini-llm-(\d+)-[0-9a-f]{8}|.+\.safetensors\.(\d+))\.tmp$/;

export function temporaryFor(file: string): string {
  const id = createHash('sha256').update(path.basename(file)).digest('hex').slice(0, 8);
  return path.join(path.dirname(file), `.mini-llm-${process.pid}-${id}.tmp`);
}

/** Removes the temporary files of dead processes from this file's folder. */
export function removeStaleTemporaries(file: string): void {
  const folder = path.dirname(realPath(file));
  try {
    for (const name of fs.readdirSync(folder)) {
      const [, now, before] = TEMPORARY.exec(name) ?? [];
      const pid = Number(now ?? before);
      if (pid > 0 && !isAlive(pid)) fs.rmSync(path.join(folder, name), { recursive: true, force: true });
    }
  } catch {
    // The folder cannot be listed.
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) !== 'ESRCH';
  }
}

/** Throws if the file cannot be written; called before hours of training instead of after them. */
export function requireWritable(file: string): void {
  const stat = statOf(file);
  if (stat?.isDirectory() || /[/\\]$/.test(file))
    throw new Failure(`${file} is a folder; give the name of a file.`);
  if (stat && !stat.isFile()) throw new Failure(`${file} is a device; give the name of a file.`);
  requireWritablePlace(file);
}

/** Throws if nothing can be written in the place of this file or folder. */
export function requireWritablePlace(file: string): void {
  const folder = path.dirname(realPath(file));
  if (!statOf(folder)?.isDirectory())
    throw new Failure(`The folder ${folder} does not exist, so ${file} cannot be saved; create it first.`);
  const probe = temporaryFor(realPath(file));
  try {
    if (statOf(file)) fs.accessSync(file, fs.constants.W_OK);
    fs.closeSync(fs.openSync(probe, 'w'));
    fs.unlinkSync(probe);
  } catch (error) {
    throw new Failure(`${file} cannot be written: ${reason(error)}.`, EXIT.error, error);
  }
}

/** Writes a temporary file, syncs it, calls `beforeReplacing`, renames it, and syncs the folder. */
export function writeSafely(file: string, bytes: Uint8Array | string, beforeReplacing?: () => void): void {
  const target = realPath(file);
  const temporary = temporaryFor(target);
  try {
    writeAndSync(temporary, bytes);
    beforeReplacing?.();
    fs.renameSync(temporary, target);
    syncFolder(path.dirname(target));
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    const before = statOf(target) ? '; the file that was there is unchanged' : '';
    throw new Failure(`${file} could not be written: ${reason(error)}${before}.`, EXIT.error, error);
  }
}

/** Like writeSafely, but on failure saves in another folder and throws an error that says where. */
export function writeOrRescue(file: string, bytes: Uint8Array | string, beforeReplacing?: () => void): void {
  try {
    writeSafely(file, bytes, beforeReplacing);
  } catch (error) {
    const rescue = writeElsewhere(path.basename(file), bytes);
    if (!(error instanceof Failure) || rescue === undefined) throw error;
    throw new Failure(`${error.message} It was saved as ${rescue} instead.`, EXIT.error, error);
  }
}

function writeElsewhere(name: string, bytes: Uint8Array | string): string | undefined {
  for (const folder of [(): string => process.cwd(), os.tmpdir])
    try {
      const file = freeName(path.join(folder(), name));
      writeSafely(file, bytes);
      return file;
    } catch {
      // Try the next folder.
    }
  return undefined;
}

export function writeAndSync(file: string, data: Uint8Array | string): void {
  const fd = fs.openSync(file, 'w');
  try {
    fs.writeFileSync(fd, data);
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}

/** Gives a file a second name, in place of a file of that name; copies it where the disk has no hard links. */
export function linkOrCopy(file: string, name: string): void {
  fs.rmSync(name, { force: true });
  try {
    fs.linkSync(file, name);
  } catch {
    writeSafely(name, fs.readFileSync(file));
  }
}

/** Makes the rename durable. Some systems cannot open folders; there this does nothing. */
export function syncFolder(folder: string): void {
  try {
    const fd = fs.openSync(folder, 'r');
    try {
      fs.fsyncSync(fd);
    } finally {
      fs.closeSync(fd);
    }
  } catch {
    return;
  }
}

/** Yields name.ext, name-2.ext, name-3.ext, … */
export function* numberedNames(file: string): Generator<string, never, undefined> {
  yield file;
  const { dir, name, ext } = path.parse(file);
  for (let n = 2; ; n++) yield path.join(dir, `${name}-${n}${ext}`);
}

/** The first of these names that does not exist yet. */
export function freeName(file: string): string {
  const names = numberedNames(file);
  for (;;) {
    const { value } = names.next();
    if (!statOf(value)) return value;
  }
}
