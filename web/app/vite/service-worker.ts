// A Vite plugin that builds the service worker and tells it the files of the page.
import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Plugin, Rollup } from 'vite';
import { coreFilesIn } from '../../engine/built-core.ts';
import { sorted, type PageFile } from '../offline/files.ts';

const SOURCE = fileURLToPath(new URL('../offline/service-worker.ts', import.meta.url));
const PUBLIC = fileURLToPath(new URL('../../../public', import.meta.url));

type SizedFile = PageFile & { bytes: number };

/** Only in a build: our development server sends the headers, and its files are for a moment. */
export function serviceWorker(): Plugin {
  return {
    name: 'mini-llm-service-worker',
    apply: 'build',
    async writeBundle({ dir }, bundle) {
      // Not the folder's content, which may include files of an earlier build.
      const files = [...bundled(bundle), ...(await copied())].sort((a, b) => (a.path < b.path ? -1 : 1));
      await build({
        entryPoints: [SOURCE],
        // In the page's folder, because a service worker serves its own folder, and under a fixed name.
        outfile: path.join(dir!, 'service-worker.js'),
        bundle: true,
        minify: true,
        target: 'es2022',
        logLevel: 'warning',
        define: {
          'process.env.NODE_ENV': '"production"',
          MINI_LLM_PAGE_FILES: JSON.stringify(sorted(files)),
          MINI_LLM_PAGE_HASH: JSON.stringify(hashOf(JSON.stringify(files))),
        },
      });
    },
  };
}

function bundled(bundle: Rollup.OutputBundle): SizedFile[] {
  return Object.values(bundle).map((file) =>
    sized(
      file.fileName === 'index.html' ? '' : file.fileName,
      Buffer.from(file.type === 'chunk' ? file.code : file.source),
    ),
  );
}

/** What Vite copies: the public folder, and of the core the builds that this page can load. */
async function copied(): Promise<SizedFile[]> {
  const names = (await readdir(PUBLIC, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(PUBLIC, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'));
  const glue = Object.values(coreFilesIn(path.join(PUBLIC, 'wasm'))).map((file) => `wasm/${file}`);
  const core = glue.flatMap((file) => [file, file.replace(/\.js$/, '.wasm')]);
  const wanted = names.filter((name) => !name.startsWith('wasm/') || core.includes(name));
  return Promise.all(wanted.map(async (name) => sized(name, await readFile(path.join(PUBLIC, name)))));
}

function sized(name: string, content: Buffer): SizedFile {
  return { path: name, hash: hashOf(content), bytes: content.length };
}

function hashOf(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 10);
}
