// Vite plugins of the page's build.
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import packageJson from '../../../package.json' with { type: 'json' };
import { coreFilesIn } from '../../engine/built-core.ts';
import { contentSecurityPolicyText } from './content-security-policy.ts';

/**
 * Adds the Content-Security-Policy to the built page, which also works on static hosts. Our own server also sends it as
 * a header, which applies to the workers as well.
 * Only in a build, because Vite's development server injects inline styles.
 */
export function contentSecurityPolicy(): Plugin {
  return {
    name: 'mini-llm-content-security-policy',
    apply: 'build',
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: { 'http-equiv': 'Content-Security-Policy', content: contentSecurityPolicyText },
        injectTo: 'head-prepend',
      },
    ],
  };
}

/**
 * Preloads the page's main script: the entry script is small, starts the worker and imports the rest. With this
 * plugin the browser fetches both at the same time. `module` is the file that the entry imports.
 */
export function preloadPage(module: string): Plugin {
  let base = './';
  return {
    name: 'mini-llm-preload-page',
    apply: 'build',
    configResolved(config) {
      base = config.base;
    },
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle }) {
        const chunks = Object.values(bundle ?? {}).filter((file) => file.type === 'chunk');
        const page = chunks.find((chunk) => chunk.moduleIds.some((id) => id.endsWith(module)));
        if (!page) throw new Error(`No chunk of the page contains ${module}.`);
        return [page.fileName, ...page.imports]
          .filter((file) => !chunks.some((chunk) => chunk.isEntry && chunk.fileName === file))
          .map((file) => ({
            tag: 'link',
            attrs: { rel: 'modulepreload', href: `${base}${file}`, crossorigin: true },
            injectTo: 'head' as const,
          }));
      },
    },
  };
}

/** Defines the URLs of the built core (engine/variants.ts) and the version (engine/version.ts) for the page. */
export function coreFiles(): Plugin {
  const folder = fileURLToPath(new URL('../../../public/wasm', import.meta.url));
  return {
    name: 'mini-llm-core-files',
    config: () => ({
      define: {
        MINI_LLM_CORE_FILES: JSON.stringify(coreFilesIn(folder)),
        MINI_LLM_VERSION: JSON.stringify(packageJson.version),
      },
    }),
  };
}
