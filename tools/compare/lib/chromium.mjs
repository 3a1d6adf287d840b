// A measurement in a Chromium of its own, on an isolated page that knows one script.
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { browser } from '../../lib/browser.mjs';
import { LIMIT_MS } from './child.mjs';
import { built, inCompare } from './paths.mjs';
import { serveIsolated } from './server.mjs';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Bundles a page's script (pages/NAME.js), and any workers of its own, for the browser. */
export async function bundle(...names) {
  await build({
    entryPoints: names.map((name) => inCompare('pages', `${name}.js`)),
    outdir: built(names[0]),
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    logLevel: 'error',
    // Packages made for Node as well ask for its modules, where they find themselves in Node.
    external: ['node:*', 'fs', 'path', 'os', 'util', 'crypto', 'worker_threads', 'perf_hooks'],
  });
}

export async function chromiumVersion() {
  const instance = await launch();
  const version = instance.version();
  await instance.close();
  return version.split('.')[0];
}

async function launch() {
  return chromium.launch({ executablePath: await browser(), args: FLAGS });
}

/** Calls the function `measure` that the bundled page NAME offers; folders: addresses of further static files. */
export async function measureInChromium(name, request, folders = {}) {
  const server = await serveIsolated({ '/script/': built(name), ...folders });
  const instance = await launch();
  try {
    const page = await instance.newPage();
    const complaints = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    await page.goto(`${server.address}?script=/script/${name}.js`);
    const work = page.evaluate(
      (wanted) => globalThis.measurement.then((measure) => measure(wanted)),
      request,
    );
    return await within(LIMIT_MS, work, complaints);
  } finally {
    await instance.close();
    server.close();
  }
}

async function within(ms, work, complaints) {
  let timer;
  const end = new Promise((_, reject) => {
    const because = () => (complaints.length > 0 ? `; the page complained: ${complaints[0]}` : '');
    timer = setTimeout(() => reject(new Error(`took longer than ${ms / 1000} s${because()}`)), ms);
  });
  try {
    return await Promise.race([work, end]);
  } catch (error) {
    // Playwright's own words around the page's error tell nobody anything.
    throw new Error(error.message.replace(/^page\.evaluate: (Error: )?/, ''), { cause: error });
  } finally {
    clearTimeout(timer);
  }
}
