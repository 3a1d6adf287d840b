// The page's entry is a few kilobytes that start the worker and then import the rest; with this the rest is
// fetched at the same time as the entry instead of after it.
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
        if (!page) throw new Error(`The page's script has no part made from ${module}.`);
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
