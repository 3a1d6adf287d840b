// Files: read with sentences instead of error codes, written so that a crash leaves the old file or the new
// one and never half of one.

import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { EXIT, Failure } from './exit.ts';
import { say } from './terminal.ts';

/** Node reads at most this much at once. */
const LARGEST = 2 ** 31 - 1;

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'its folder is gone or takes no new files',
  EACCES: 'permission was denied',
  EPERM: 'permission was denied',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file may not be that large',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'its links lead in a circle',
  EMFILE: 'too many files are open',
  EIO: 'the disk reported an error',
  EISDIR: 'it is a folder',
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
  if (!stat) throw new Failure(`There is no file ${file || '""'}; ${what} was expected there.`);
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

/** For messages: - is standard input. */
export function inputName(file: string): string {
  return file === '-' ? 'Standard input' : path.basename(file);
}

/** A whole file, or with - what comes on standard input. */
export async function readInputOrStdin(file: string, what: string): Promise<Uint8Array> {
  return file === '-' ? readStdin(what) : readInput(file, what);
}

async function readStdin(what: string): Promise<Uint8Array> {
  if (process.stdin.isTTY) say(`Type or paste ${what}; Ctrl-D on a line of its own ends it.`);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      if ((size += chunk.length) > LARGEST)
        throw new Failure(
          'Standard input is larger than 2 GB, which is more than mini-llm can hold in memory.',
        );
    }
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(
      `Standard input cannot be read: ${reason(error)}; ${what} was expected there.`,
      EXIT.error,
      error,
    );
  }
  return new Uint8Array(Buffer.concat(chunks));
}

/** The file behind a link, which is what is read and replaced; there need not be one yet. */
export function realPath(file: string): string {
  try {
    return fs.realpathSync.native(file);
  } catch (error) {
    if (codeOf(error) === 'ELOOP') return absolute(file);
    // Not there yet, or a link to what is not there yet.
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
      `${file} cannot be found: the current folder no longer exists; go to another one.`,
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

/** Drafts are named by their process, so that it can be told whether it still lives; until 0.3.0 after the model as well. */
const DRAFT = /^\.(?:mini-llm-(\d+)-[0-9a-f]{8}|.+\.safetensors\.(\d+))\.tmp$/;

function draftOf(file: string): string {
  const id = createHash('sha256').update(path.basename(file)).digest('hex').slice(0, 8);
  return path.join(path.dirname(file), `.mini-llm-${process.pid}-${id}.tmp`);
}

/** Removes what saves that were killed have left in this file's folder. */
export function removeDeadDrafts(file: string): void {
  const folder = path.dirname(realPath(file));
  try {
    for (const name of fs.readdirSync(folder)) {
      const [, now, before] = DRAFT.exec(name) ?? [];
      const pid = Number(now ?? before);
      if (pid > 0 && !isAlive(pid)) fs.rmSync(path.join(folder, name), { force: true });
    }
  } catch {
    // A folder that can be written but not listed keeps its drafts.
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

/** Throws a sentence if the file could not be written later: asked before hours of training, not after. */
export function requireWritable(file: string): void {
  const stat = statOf(file);
  if (stat?.isDirectory() || /[/\\]$/.test(file))
    throw new Failure(`${file} is a folder; name a file to save to.`);
  if (stat && !stat.isFile())
    throw new Failure(`${file} is a device and not a file; name a file to save to.`);
  const folder = path.dirname(realPath(file));
  if (!statOf(folder)?.isDirectory())
    throw new Failure(`The folder ${folder} does not exist, so ${file} cannot be saved; make it first.`);
  const probe = draftOf(realPath(file));
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
  const goal = realPath(file);
  const draft = draftOf(goal);
  try {
    writeDurably(draft, bytes);
    fs.renameSync(draft, goal);
    syncFolder(path.dirname(goal));
  } catch (error) {
    fs.rmSync(draft, { force: true });
    const before = statOf(goal) ? '; what was there before is untouched' : '';
    throw new Failure(`${file} could not be written: ${reason(error)}${before}.`, EXIT.error, error);
  }
}

/** As writeSafely, but what cannot be written there is saved in another folder; throws a sentence that says where. */
export function writeOrRescue(file: string, bytes: Uint8Array | string): void {
  try {
    writeSafely(file, bytes);
  } catch (error) {
    const rescue = writeElsewhere(path.basename(file), bytes);
    if (!(error instanceof Failure) || rescue === undefined) throw error;
    throw new Failure(
      `${error.message} It was saved as ${rescue} instead; move it from there.`,
      EXIT.error,
      error,
    );
  }
}

function writeElsewhere(name: string, bytes: Uint8Array | string): string | undefined {
  for (const folder of [(): string => process.cwd(), os.tmpdir])
    try {
      const file = freeName(path.join(folder(), name));
      writeSafely(file, bytes);
      return file;
    } catch {
      // The current folder may be gone as well.
    }
  return undefined;
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

/** name.ext, name-2.ext, name-3.ext …, without end. */
export function* numberedNames(file: string): Generator<string, never, undefined> {
  yield file;
  const { dir, name, ext } = path.parse(file);
  for (let n = 2; ; n++) yield path.join(dir, `${name}-${n}${ext}`);
}

/** The first of them that is not there yet. */
function freeName(file: string): string {
  const names = numberedNames(file);
  for (;;) {
    const { value } = names.next();
    if (!statOf(value)) return value;
  }
}
