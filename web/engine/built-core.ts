// The built core on disk: public/wasm/HASH/mini-llm-VARIANT.js, as cmake/publish.cmake puts it there.

import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { BUILT_VARIANTS, glueName, type CoreFiles } from './variants.ts';

/** The builds in a folder of the built core: the newest of each variant. */
export function coreFilesIn(folder: string): CoreFiles {
  const hashes = existsSync(folder) ? readdirSync(folder) : [];
  const files: CoreFiles = {};
  for (const variant of BUILT_VARIANTS) {
    const built = hashes
      .map((hash) => `${hash}/${glueName(variant)}`)
      .filter((file) => existsSync(path.join(folder, file)))
      .map((file) => ({ file, time: statSync(path.join(folder, file)).mtimeMs }))
      .sort((a, b) => b.time - a.time);
    if (built[0]) files[variant] = built[0].file;
  }
  return files;
}

/** Found in a checkout and in an installed package. */
export function findCore(): { base: URL; files: CoreFiles } {
  for (const base of folders('public/wasm/', 'build/page/wasm/')) {
    const files = coreFilesIn(fileURLToPath(base));
    if (files.baseline) return { base, files };
  }
  throw new Error('The core has not been built; run "npm run setup", then "npm run build".');
}

/** These folders beside package.json, which is above this file, from source and from a bundle. */
export function* folders(...places: readonly string[]): Generator<URL> {
  for (let at = new URL('.', import.meta.url); ; at = new URL('..', at)) {
    for (const place of places) yield new URL(place, at);
    if (at.pathname === '/' || new URL('..', at).pathname === at.pathname) return;
  }
}
