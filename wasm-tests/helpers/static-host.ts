// The built page on a host that knows nothing of it: plain files in a folder of a larger site, without the headers
// that would isolate the page.

import { readFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Host } from './page.ts';

const BUILT = fileURLToPath(new URL('../../build/page', import.meta.url));
const FOLDER = '/mini-llm/';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
};

export class StaticHost implements Host {
  address = '';
  /** How often each file was asked for, "" being the page itself. */
  readonly asked = new Map<string, number>();
  /** What .wasm files are sent as; some hosts know the type, some do not. */
  wasmType = 'application/wasm';
  /** The answer to a request for this file waits for the promise. */
  held: { file: string; until: Promise<void> } | undefined;
  readonly #server = http.createServer((request, response) => void this.#answer(request, response));

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

  async #answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const file = pathname.slice(FOLDER.length);
    this.asked.set(file, (this.asked.get(file) ?? 0) + 1);
    if (file === this.held?.file) await this.held.until;
    const place = path.join(BUILT, file || 'index.html');
    const bytes =
      pathname.startsWith(FOLDER) && place.startsWith(BUILT)
        ? await readFile(place).catch(() => undefined)
        : undefined;
    if (!bytes) return void response.writeHead(404).end();
    const extension = path.extname(place);
    const type = extension === '.wasm' ? this.wasmType : TYPES[extension];
    response.writeHead(200, type ? { 'Content-Type': type } : {}).end(bytes);
  }
}
