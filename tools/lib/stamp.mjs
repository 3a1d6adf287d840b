// Is something that was built still up to date? A stamp is a file with a digest of what it was built from:
// names, sizes and times of the source files, which is quick enough to check at every start.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildFolder } from './paths.mjs';

/** A digest of the files and folders (recursively) and of any further strings that matter. */
export function digest(paths, extra = []) {
  const hash = createHash('sha256');
  for (const path of paths) addPath(hash, path);
  for (const text of extra) hash.update(`${text}\0`);
  return hash.digest('hex');
}

function addPath(hash, path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isDirectory()) {
    for (const name of readdirSync(path).sort()) addPath(hash, join(path, name));
  } else {
    hash.update(`${path}\0${stat ? `${stat.size} ${stat.mtimeMs}` : 'missing'}\0`);
  }
}

export function digestOfContent(path) {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

const fileOf = (name) => join(buildFolder, 'stamps', name);

export function stampIs(name, value) {
  return existsSync(fileOf(name)) && readFileSync(fileOf(name), 'utf8') === value;
}

export function writeStamp(name, value) {
  mkdirSync(dirname(fileOf(name)), { recursive: true });
  writeFileSync(fileOf(name), value);
}

export function dropStamp(name) {
  rmSync(fileOf(name), { force: true });
}
