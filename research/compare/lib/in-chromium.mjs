// Runs a measurement in a Chromium of its own, on an isolated page that loads one script.
import { build } from 'esbuild';
import { launchChromium } from '../../lib/chromium.mjs';
import { LIMIT_MS } from '../../lib/output.mjs';
import { importTypeScript } from '../../lib/import-typescript.mjs';
import { CORE, inCompare, scratch } from '../../lib/paths.mjs';
import { serveIsolated } from './server.mjs';

const bundleFolder = (name) => scratch('compare', name);

/** Bundles pages/NAME.js for the browser, and pages/NAME.js of its workers into the same folder. */
export async function bundle(...names) {
  const { coreFilesIn } = await importTypeScript('web/engine/built-core.ts');
  await build({
    entryPoints: names.map((name) => inCompare('pages', `${name}.js`)),
    outdir: bundleFolder(names[0]),
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    logLevel: 'error',
    define: { MINI_LLM_CORE_FILES: JSON.stringify(coreFilesIn(CORE)) },
    // Packages that also run in Node import its modules, but only when they run there.
    external: ['node:*', 'fs', 'path', 'os', 'util', 'crypto', 'worker_threads', 'perf_hooks'],
  });
}

/** Calls `measure` of the bundled page NAME. `folders` maps further URL paths to folders of static files. */
export async function measureInChromium(name, request, folders = {}) {
  const server = await serveIsolated({ '/script/': bundleFolder(name), ...folders });
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    const errors = [];
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    await page.goto(`${server.address}?script=/script/${name}.js`);
    const answer = page.evaluate((r) => globalThis.measurement.then((measure) => measure(r)), request);
    return await withinLimit(answer, errors);
  } finally {
    await browser.close();
    server.close();
  }
}

async function withinLimit(answer, errors) {
  let timer;
  const limit = new Promise((_, reject) => {
    const expired = () => {
      const first = errors.length > 0 ? `; the page's first error: ${errors[0]}` : '';
      reject(new Error(`took longer than ${LIMIT_MS / 1000} s${first}`));
    };
    timer = setTimeout(expired, LIMIT_MS);
  });
  try {
    return await Promise.race([answer, limit]);
  } catch (error) {
    // Keep the page's message without Playwright's prefix.
    throw new Error(error.message.replace(/^page\.evaluate: (Error: )?/, ''), { cause: error });
  } finally {
    clearTimeout(timer);
  }
}
