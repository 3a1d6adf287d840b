// Serves static files with the headers that let a page share memory between threads.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const TYPES = { '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm' };

const ISOLATED = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** Loads the module that ?script= names and offers its function `measure`. */
const PAGE = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script type="module">
  globalThis.measurement = import(new URLSearchParams(location.search).get('script')).then((m) => m.measure);
</script>`;

/** `folders` maps URL paths, each ending in a slash, to folders. Returns {address, close()}. */
export async function serveIsolated(folders) {
  const server = createServer((request, response) => {
    const answer = (status, type, body) =>
      response.writeHead(status, { ...ISOLATED, 'Content-Type': type }).end(body);
    const path = decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
    if (path === '/') return void answer(200, 'text/html', PAGE);
    const root = Object.keys(folders).find((start) => path.startsWith(start));
    if (!root) return void answer(404, 'text/plain', '');
    readFile(join(folders[root], normalize(path.slice(root.length - 1)))).then(
      (bytes) => answer(200, TYPES[extname(path)] ?? 'text/plain', bytes),
      () => answer(404, 'text/plain', ''),
    );
  });
  await new Promise((resolve) => server.listen(0, 'localhost', resolve));
  return { address: `http://localhost:${server.address().port}/`, close: () => server.close() };
}
