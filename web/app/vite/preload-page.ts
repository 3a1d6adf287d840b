// Preloads the page's main script: the entry script is small, starts the worker and imports the rest. With this
// plugin the browser fetches both at the same time.
import type { Plugin } from 'vite';

/** The Vite plugin; `module` is the file that the entry imports. */
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
