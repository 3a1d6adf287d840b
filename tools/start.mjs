// npm start: builds what is out of date and serves the built page. PORT and HOST change the address.
import './lib/node-version.mjs';
import { ensureBuilt } from './lib/parts.mjs';
import { entry } from './lib/report.mjs';
import { address, serve } from './lib/serve.mjs';

await entry(async () => {
  const where = address(8080);
  await ensureBuilt(['wasm', 'cli', 'page']);
  await serve(where, async (configFile) => {
    const { preview } = await import('vite');
    return preview({ configFile, preview: where, logLevel: 'warn' });
  });
});
