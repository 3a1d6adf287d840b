// Files dropped on the page, including those in dropped folders.

import type { PathFile } from '../../worker/protocol.ts';
import { words } from '../words/words.ts';

/** More files were probably dropped by mistake. */
const MAX_FILES = 10_000;

/** Call this in the drop handler itself: afterwards the browser clears `transfer`. */
export function droppedFiles(transfer: DataTransfer): Promise<PathFile[]> {
  const items = [...transfer.items].filter(({ kind }) => kind === 'file');
  const entries = items.map((item) => item.webkitGetAsEntry());
  if (!entries.some((entry) => entry?.isDirectory))
    return Promise.resolve([...transfer.files].map((file) => ({ path: file.name, file })));
  return filesIn(entries.filter((entry) => entry !== null));
}

async function filesIn(entries: readonly FileSystemEntry[]): Promise<PathFile[]> {
  const found: PathFile[] = [];
  const waiting = [...entries];
  for (let entry = waiting.pop(); entry; entry = waiting.pop()) {
    if (isHidden(entry)) continue;
    if (isFolder(entry)) waiting.push(...(await entriesOf(entry)));
    else
      found.push({
        path: entry.fullPath.replace(/^\//, ''),
        file: await fileOf(entry as FileSystemFileEntry),
      });
    if (found.length > MAX_FILES) throw new Error(words.text.tooManyFiles(MAX_FILES));
  }
  if (found.length > 0) return found;
  throw new Error(words.text.noFiles(entries.map(({ name }) => name)));
}

/** Hidden files, such as .git and .DS_Store, are not meant to be trained on. */
function isHidden({ name }: FileSystemEntry): boolean {
  return name.startsWith('.');
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

/** A browser returns at most a hundred entries of a folder per call. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (batch.length === 0) return all;
    all.push(...batch);
  }
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}
