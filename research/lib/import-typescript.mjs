// Modules of the engine for research commands.
import { build } from 'esbuild';
import { inCheckout } from '../../tools/lib/paths.mjs';

/** Node 20 does not read TypeScript, so a module of the engine is bundled first. */
export async function importTypeScript(path) {
  const options = { bundle: true, format: 'esm', platform: 'node', write: false, logLevel: 'error' };
  const { outputFiles } = await build({ entryPoints: [inCheckout(path)], ...options });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}
