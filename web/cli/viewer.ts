// The built page that an export puts a model into, which comes with the page.

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { folders } from '../engine/built-core.ts';
import { Failure } from './exit.ts';

/** In a checkout it is where it was built; in a package among the page's files, under a name with a hash. */
export function readViewer(): string {
  for (const folder of folders('build/viewer/', 'build/page/assets/')) {
    const name = existsSync(folder) && readdirSync(folder).find((file) => /^viewer.*\.html$/.test(file));
    if (name) return readFileSync(new URL(name, folder), 'utf8');
  }
  throw new Failure('The page to put the model into has not been built; run "npm run build".');
}
