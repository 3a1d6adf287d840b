// Puts coi-serviceworker beside the built page: the service worker that isolates it where the host sends no
// headers (start/isolation.ts). Only in a build: our own servers send the headers.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

/** The Vite plugin. */
export function isolationWorker(): Plugin {
  return {
    name: 'mini-llm-isolation-worker',
    apply: 'build',
    async buildStart() {
      const file = fileURLToPath(import.meta.resolve('coi-serviceworker/coi-serviceworker.min.js'));
      // In the page's own folder, under a name that never changes: a service worker serves the folder it lies in.
      this.emitFile({ type: 'asset', fileName: 'coi-serviceworker.js', source: await readFile(file) });
    },
  };
}
