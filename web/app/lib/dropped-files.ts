// What a person dropped on the page: files, and the files in folders.

import type { PathFile } from './read-files.ts';

/** More files are no text that somebody meant to drop. */
const MOST_FILES = 10_000;

/** Must be called while the drop is handled: afterwards the browser no longer says what was dropped. */
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
    if (found.length > MOST_FILES)
      throw new Error(`There are more than ${MOST_FILES} files in what was dropped; drop a part of them.`);
  }
  if (found.length > 0) return found;
  throw new Error(`There are no files in “${entries.map(({ name }) => name).join('”, “')}”.`);
}

/** As .git and .DS_Store: of those nobody thinks who drops a folder. */
function isHidden({ name }: FileSystemEntry): boolean {
  return name.startsWith('.');
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

/** A browser gives a folder's entries by the hundred. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return all;
    all.push(...some);
  }
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}
