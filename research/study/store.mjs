// Keeps what has been measured as JSON, one file for each result, so that an interrupted study can go on.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Names a result by everything that it depends on, in any order. */
export function keyOf(parts) {
  const sorted = (_, value) =>
    value && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  return createHash('sha256').update(JSON.stringify(parts, sorted)).digest('hex').slice(0, 16);
}

/** The build of the core: its files are in folders that are named by their hash. */
export function coreHash(folder) {
  return keyOf(readdirSync(folder).sort());
}

export class Store {
  #folder;
  #resume;
  /** Results of this run by their keys, as promises. */
  #results = new Map();

  /** With `resume`, results of earlier runs are used again. */
  constructor(folder, resume) {
    mkdirSync(folder, { recursive: true });
    this.#folder = folder;
    this.#resume = resume;
  }

  /** What `work` returns for these parts; the same parts are worked on once. */
  once(parts, work) {
    const key = keyOf(parts);
    if (!this.#results.has(key)) this.#results.set(key, this.#result(key, parts, work));
    return this.#results.get(key);
  }

  async #result(key, parts, work) {
    const file = join(this.#folder, `${key}.json`);
    if (this.#resume && existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')).result;
    const result = await work();
    // Renamed, so that an interrupted study leaves no half of a file.
    writeFileSync(`${file}.new`, `${JSON.stringify({ ...parts, result }, null, 2)}\n`);
    renameSync(`${file}.new`, file);
    return result;
  }
}
