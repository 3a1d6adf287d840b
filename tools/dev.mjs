// npm run dev: the page from its sources, reloaded as they change. PORT and HOST change the address.
import { requireBuilt } from './lib/build.mjs';
import { entry } from './lib/report.mjs';
import { address, serve } from './lib/serve.mjs';

await entry(async () => {
  const where = address(5173);
  requireBuilt('core');
  await serve(where, async (configFile) => {
    const { createServer } = await import('vite');
    return (await createServer({ configFile, server: where })).listen();
  });
});
