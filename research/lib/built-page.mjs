// The built page, served as `npm start` serves it, in a Chromium with an empty cache.
import { preview } from 'vite';
import { launchChromium } from './chromium.mjs';
import { requireBuilt } from '../../tools/lib/build.mjs';
import { inCheckout } from '../../tools/lib/paths.mjs';

const PORT = 18_471;

/** Calls work(browser, address) and stops both afterwards. */
export async function withBuiltPage(work) {
  requireBuilt('page');
  const server = await preview({
    configFile: inCheckout('vite.config.ts'),
    preview: { port: PORT, host: 'localhost', strictPort: true },
    logLevel: 'warn',
  });
  const browser = await launchChromium();
  try {
    return await work(browser, `http://localhost:${PORT}/`);
  } finally {
    await browser.close();
    await server.close();
  }
}
