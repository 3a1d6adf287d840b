// Copies coi-serviceworker into the built page: the service worker that isolates the page if its host does not send
// the headers (start/isolation.ts). Only in a build, because our own servers send the headers.
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
      // In the page's folder, because a service worker serves its own folder, and under a fixed name.
      this.emitFile({ type: 'asset', fileName: 'coi-serviceworker.js', source: await readFile(file) });
    },
  };
}
