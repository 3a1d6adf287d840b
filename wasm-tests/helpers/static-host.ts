// The built page, or another folder, on a plain static host: files in a folder of a larger site, without the headers that
// would isolate the page.

import { readFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { contentSecurityPolicyText } from '../../web/app/vite/content-security-policy.ts';
import type { Host } from './page.ts';

const BUILT = fileURLToPath(new URL('../../build/page', import.meta.url));
const FOLDER = '/mini-llm/';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json',
};

const ISOLATING = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

const STRICT = { 'Content-Security-Policy': contentSecurityPolicyText };

/** For storagePrelude: a browser with neither OPFS nor IndexedDB. */
export const NO_STORAGE =
  'delete FileSystemFileHandle.prototype.createSyncAccessHandle; Object.defineProperty(self, "indexedDB", { value: undefined });';

export class StaticHost implements Host {
  address = '';
  /** How often each file was requested; "" is the page itself. */
  readonly asked = new Map<string, number>();
  /** The content type of .wasm files, which some hosts do not know. */
  wasmType = 'application/wasm';
  /** Delays the answer to requests for this file until the promise resolves. */
  held: { file: string; until: Promise<void> } | undefined;
  /** Whether it sends the headers that isolate the page. */
  isolating = false;
  /** Whether it sends the Content-Security-Policy, which then applies to the workers too. */
  strict = false;
  /** Status or other content for files by name; "worker NAME" is the same file requested as a worker's script. */
  readonly answers = new Map<string, number | string>();
  /** Whether it answers nothing, as without a network. */
  down = false;
  /** Files that have been deleted. */
  gone: RegExp | undefined;
  /** Code inserted before the script of the page's worker. */
  workerPrelude = '';
  /** Code inserted before the script of the storage worker. */
  storagePrelude = '';
  readonly #files: string;
  readonly #server = http.createServer((request, response) => void this.#answer(request, response));

  constructor(files = BUILT) {
    this.#files = files;
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, 'localhost', resolve));
    const { port } = this.#server.address() as AddressInfo;
    this.address = `http://localhost:${port}${FOLDER}`;
    return this;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #prelude(file: string): string {
    if (file.startsWith('assets/worker-')) return this.workerPrelude;
    return file.startsWith('assets/storage-worker-') ? this.storagePrelude : '';
  }

  async #answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    if (this.down) return void request.socket.destroy();
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const file = pathname.slice(FOLDER.length);
    this.asked.set(file, (this.asked.get(file) ?? 0) + 1);
    if (file === this.held?.file) await this.held.until;
    const forWorker = request.headers['sec-fetch-dest'] === 'worker' ? `worker ${file}` : file;
    const instead = this.gone?.test(file) ? 404 : (this.answers.get(forWorker) ?? this.answers.get(file));
    if (typeof instead === 'number') return void response.writeHead(instead).end();
    const place = path.join(this.#files, file || 'index.html');
    const stored =
      pathname.startsWith(FOLDER) && place.startsWith(this.#files)
        ? await readFile(place).catch(() => undefined)
        : undefined;
    const prelude = this.#prelude(file);
    const bytes = instead ?? (stored && Buffer.concat([Buffer.from(prelude), stored]));
    if (bytes === undefined) return void response.writeHead(404).end();
    const extension = path.extname(place);
    const type = extension === '.wasm' ? this.wasmType : TYPES[extension];
    const headers = {
      ...(type ? { 'Content-Type': type } : {}),
      ...(this.isolating ? ISOLATING : {}),
      ...(this.strict ? STRICT : {}),
    };
    response.writeHead(200, headers).end(bytes);
  }
}
