// Outputs that are folders: written beside their place and renamed, so that a crash leaves the old folder or the new one.

import fs from 'node:fs';
import path from 'node:path';
import { EXIT, Failure } from './exit.ts';
import {
  freeName,
  realPath,
  reason,
  requireWritablePlace,
  statOf,
  syncFolder,
  temporaryFor,
  writeAndSync,
  writeSafely,
} from './files.ts';

/** What a folder holds that a command writes: names of files, in which * stands for any. */
export type FolderContents = readonly string[];

export interface FileOfFolder {
  /** Its path in the folder, with slashes. */
  name: string;
  content: Uint8Array | string;
}

/** Throws if the folder cannot be made or replaced. */
export function requireWritableFolder(folder: string): void {
  const stat = statOf(folder);
  if (stat && !stat.isDirectory()) throw new Failure(`${folder} is a file; give the name of a folder.`);
  requireWritablePlace(folder);
}

/** The files in a folder, if it exists, that do not match its contents. */
export function otherFiles(folder: string, contents: FolderContents): string[] {
  if (!statOf(folder)) return [];
  const patterns = contents.map((name) => new RegExp(`^${name.split('*').map(escaped).join('.*')}$`));
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'))
    .filter((name) => !patterns.some((pattern) => pattern.test(name)));
}

function escaped(text: string): string {
  return text.replaceAll(/[.\\+?^${}()|[\]]/g, String.raw`\$&`);
}

/** Replaces a folder by these files. One that holds others keeps them, and each file is replaced by itself. */
export function writeFolderSafely(
  folder: string,
  files: readonly FileOfFolder[],
  contents: FolderContents,
): void {
  const target = realPath(folder);
  if (otherFiles(target, contents).length === 0) return replaceFolder(folder, target, files);
  for (const { name, content } of files) {
    const file = path.join(target, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    writeSafely(file, content);
  }
}

function replaceFolder(folder: string, target: string, files: readonly FileOfFolder[]): void {
  const temporary = temporaryFor(target);
  let old: string | undefined;
  try {
    fs.rmSync(temporary, { recursive: true, force: true });
    fs.mkdirSync(temporary);
    for (const { name, content } of files) {
      const file = path.join(temporary, name);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      writeAndSync(file, content);
      syncFolder(path.dirname(file));
    }
    syncFolder(temporary);
    // No system call that Node has exchanges two folders: a crash here leaves the old one under this name.
    old = statOf(target) && freeName(`${target}.old`);
    if (old !== undefined) fs.renameSync(target, old);
    fs.renameSync(temporary, target);
    syncFolder(path.dirname(target));
  } catch (error) {
    if (old !== undefined && !statOf(target) && statOf(old)) fs.renameSync(old, target);
    fs.rmSync(temporary, { recursive: true, force: true });
    const before = statOf(target) ? '; the folder that was there is unchanged' : '';
    throw new Failure(`${folder} could not be written: ${reason(error)}${before}.`, EXIT.error, error);
  }
  if (old !== undefined) fs.rmSync(old, { recursive: true, force: true });
}
