// The page, built by Vite into build/page.
import { build } from 'vite';
import { inCheckout } from './paths.mjs';

export async function bundlePage() {
  await build({ configFile: inCheckout('vite.config.ts'), logLevel: 'warn' });
}
