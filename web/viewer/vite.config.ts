// The page that exports put a model into: one file without references, in build/viewer.
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { viteSingleFile } from 'vite-plugin-singlefile';
import packageJson from '../../package.json' with { type: 'json' };
import { closedPolicy, inlineCore } from './plugins.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here('.'),
  publicDir: false,
  define: { MINI_LLM_VERSION: JSON.stringify(packageJson.version) },
  plugins: [
    svelte({ configFile: here('../../svelte.config.js') }),
    inlineCore(),
    viteSingleFile({ removeViteModuleLoader: true }),
    closedPolicy(),
  ],
  worker: {
    // Browsers before 2023 have no module workers.
    format: 'iife',
    plugins: () => [inlineCore()],
  },
  build: {
    outDir: here('../../build/viewer'),
    emptyOutDir: true,
    rollupOptions: { input: here('viewer.html') },
    // It is inlined, and nobody waits for a download.
    chunkSizeWarningLimit: 2000,
    reportCompressedSize: false,
  },
  cacheDir: here('../../node_modules/.vite-viewer'),
});
