// npm run dev: the page from its sources, reloaded as they change. PORT and HOST change the address.
import './lib/node-version.mjs';
import { ensureBuilt } from './lib/parts.mjs';
import { entry } from './lib/report.mjs';
import { address, serve } from './lib/serve.mjs';

await entry(async () => {
  const where = address(5173);
  await ensureBuilt(['wasm']);
  await serve(where, async (configFile) => {
    const { createServer } = await import('vite');
    return (await createServer({ configFile, server: where })).listen();
  });
});
