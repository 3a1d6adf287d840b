// npm start, after tools/setup.sh: builds what is out of date and serves the page. PORT and HOST change the address.
// The first time, serves the page as soon as one variant of the core is built; the others follow.
import {
  buildCore,
  buildFirstCore,
  building,
  bundlePage,
  bundlePrograms,
  coreIsComplete,
} from './lib/build.mjs';
import { entry, say } from './lib/report.mjs';
import { address, serve } from './lib/serve.mjs';

await entry(async () => {
  const where = address(8080);
  await building(async () => {
    const first = !coreIsComplete();
    await (first ? buildFirstCore() : buildCore());
    await bundlePrograms();
    await bundlePage();
    await serve(where, async (configFile) => {
      const { preview } = await import('vite');
      return preview({ configFile, preview: where, logLevel: 'warn' });
    });
    if (!first) return;
    say('Faster variants of the core are being built; reload the page when they are ready.');
    await buildCore();
    await bundlePage({ keep: true });
    say('All variants of the core are ready.');
  });
});
