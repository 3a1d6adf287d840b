// Imports modules of the engine, which are TypeScript; Node 20 does not read it, so they are bundled first.
import { build } from 'esbuild';
import { inCheckout } from './paths.mjs';

export async function importEngine(name) {
  const options = { bundle: true, format: 'esm', platform: 'node', write: false, logLevel: 'error' };
  const { outputFiles } = await build({ entryPoints: [inCheckout('web', 'engine', name)], ...options });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}
