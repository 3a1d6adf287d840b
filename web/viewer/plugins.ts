// Vite plugins of the page that exports fill.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Plugin } from 'vite';
import { coreFilesIn } from '../engine/built-core.ts';

const FOLDER = fileURLToPath(new URL('../../public/wasm/', import.meta.url));

const GLUE = 'virtual:core-glue';
const WASM = 'virtual:core-wasm';

/** Provides the build of the core that runs everywhere: its glue as a module, and the .wasm as text. */
export function inlineCore(): Plugin {
  return {
    name: 'mini-llm-inline-core',
    resolveId: (id) => ([GLUE, WASM].includes(id) ? `\0${id}` : undefined),
    async load(id) {
      if (id !== `\0${GLUE}` && id !== `\0${WASM}`) return undefined;
      const { baseline } = coreFilesIn(FOLDER);
      if (baseline === undefined) throw new Error('The core has not been built; run "npm run build".');
      if (id === `\0${WASM}`) return packed(FOLDER + baseline.replace(/js$/, 'wasm'));
      // It has no address, and what it imports is for Node.
      const glue = await readFile(FOLDER + baseline, 'utf8');
      return glue.replaceAll('import.meta.url', "''").replaceAll('import("module")', '{}');
    },
  };
}

async function packed(file: string): Promise<string> {
  const bytes = await promisify(gzip)(await readFile(file), { level: 9 });
  return `export default '${bytes.toString('base64')}'`;
}

/**
 * Adds a Content-Security-Policy that allows this page's own script, style and worker, and no request at all. Elements
 * are named by their hashes, so that nothing else runs, whatever an export puts into the page.
 */
export function closedPolicy(): Plugin {
  return {
    name: 'mini-llm-closed-policy',
    apply: 'build',
    enforce: 'post',
    generateBundle: {
      // After everything has been inlined.
      order: 'post',
      handler(_options, bundle) {
        for (const file of Object.values(bundle))
          if (file.type === 'asset' && file.fileName.endsWith('.html'))
            file.source = withPolicy(String(file.source));
      },
    },
  };
}

function withPolicy(html: string): string {
  const policy = [
    "default-src 'none'",
    `script-src ${hashes(html, /<script type="module"[^>]*>(.*?)<\/script>/gs)} 'wasm-unsafe-eval'`,
    `style-src ${hashes(html, /<style[^>]*>(.*?)<\/style>/gs)}`,
    'worker-src blob:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const meta = `<meta http-equiv="Content-Security-Policy" content="${policy}" />`;
  return html.replace(/(<meta charset="utf-8" \/>)/, (charset) => `${charset}\n    ${meta}`);
}

function hashes(html: string, elements: RegExp): string {
  const found = [...html.matchAll(elements)].map(([, content]) =>
    createHash('sha256').update(content!).digest('base64'),
  );
  if (found.length === 0) throw new Error(`The page has no element that matches ${elements.source}.`);
  return found.map((hash) => `'sha256-${hash}'`).join(' ');
}
