// The files of the page that the command line needs too.

import { existsSync, readFileSync } from 'node:fs';
import { folders } from '../engine/built-core.ts';
import { Failure } from './exit.ts';

/** In a checkout they lie in public/, in a package in the built page. */
export async function readPageFile(path: string): Promise<Uint8Array> {
  for (const folder of folders('public/', 'build/page/')) {
    const file = new URL(path, folder);
    if (existsSync(file)) return readFileSync(file);
  }
  throw new Failure(`${path} is missing from this installation; install mini-llm again.`);
}
