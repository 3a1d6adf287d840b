// The page: sources in web/app, static files in public, the built site in build/page.
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { contentSecurityPolicyText } from './web/app/vite/content-security-policy.ts';
import { contentSecurityPolicy, coreFiles, preloadPage } from './web/app/vite/plugins.ts';
import { serviceWorker } from './web/app/vite/service-worker.ts';
import { sampleTexts } from './web/app/vite/sample-texts.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// An isolated page may share memory between threads.
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
};

export default defineConfig({
  root: here('./web/app'),
  publicDir: here('./public'),
  // Relative addresses: the built site works from any folder of any static host.
  base: './',
  // No fallback to index.html: a file that is missing is a 404, not a page that parses as a broken module.
  appType: 'mpa',
  plugins: [
    svelte({ configFile: here('./svelte.config.js') }),
    sampleTexts(),
    coreFiles(),
    contentSecurityPolicy(),
    serviceWorker(),
    preloadPage('/web/app/mount.ts'),
  ],
  worker: { format: 'es' },
  build: {
    outDir: here('./build/page'),
    emptyOutDir: true,
    // Nothing is inlined as a data: address, which the Content-Security-Policy would refuse.
    assetsInlineLimit: 0,
    // pdf.js is that large, and fetched only for a PDF document.
    chunkSizeWarningLimit: 1700,
    // One style sheet, named in the page itself: what the script fetches later must not come unstyled.
    cssCodeSplit: false,
  },
  cacheDir: here('./node_modules/.vite'),
  server: { headers, strictPort: true },
  preview: {
    headers: { ...headers, 'Content-Security-Policy': contentSecurityPolicyText },
    strictPort: true,
  },
});
