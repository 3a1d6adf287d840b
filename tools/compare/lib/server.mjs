// Static files for the pages, with the headers that let a page share memory between threads.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const TYPES = { '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm' };

const ISOLATED = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** The script's address comes with the page's, and its module's `measure` is what the page offers. */
const PAGE = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script type="module">
  globalThis.measurement = import(new URLSearchParams(location.search).get('script')).then((m) => m.measure);
</script>`;

/** folders: {address that ends in a slash: folder}. Answers {address, close()}. */
export async function serveIsolated(folders) {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
    if (path === '/')
      return void response.writeHead(200, { ...ISOLATED, 'Content-Type': 'text/html' }).end(PAGE);
    const root = Object.keys(folders).find((start) => path.startsWith(start));
    const file = root && join(folders[root], normalize(path.slice(root.length - 1)));
    (file ? readFile(file) : Promise.reject(new Error(path))).then(
      (bytes) =>
        response
          .writeHead(200, { ...ISOLATED, 'Content-Type': TYPES[extname(path)] ?? 'text/plain' })
          .end(bytes),
      () => response.writeHead(404, ISOLATED).end(),
    );
  });
  await new Promise((resolve) => server.listen(0, 'localhost', resolve));
  return { address: `http://localhost:${server.address().port}/`, close: () => server.close() };
}
