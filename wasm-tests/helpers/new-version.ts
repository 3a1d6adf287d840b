// A new version of the page on a host: the page and its service worker have another content.

import { readFile } from 'node:fs/promises';
import type { StaticHost } from './static-host.ts';

const built = (file: string): Promise<string> =>
  readFile(new URL(`../../build/page/${file}`, import.meta.url), 'utf8');

/** What is different in the new version. */
export const NEW_DESCRIPTION = 'The page of the next version.';

export async function deployNewVersion(host: StaticHost): Promise<void> {
  const page = await built('index.html');
  const worker = await built('service-worker.js');
  // The hash of the version is the only one that is not named "hash".
  const newer = worker.replace(/([+=])"[0-9a-f]{10}"/, '$1"fedcba9876"');
  if (newer === worker) throw new Error('The service worker names no version.');
  host.answers.set('', page.replace(/content="Train a small[^"]*"/, `content="${NEW_DESCRIPTION}"`));
  host.answers.set('service-worker.js', newer);
}
