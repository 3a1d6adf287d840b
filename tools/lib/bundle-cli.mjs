// The command line as one file; packages stay outside and are read from node_modules.
import { build } from 'esbuild';
import { inCheckout } from './paths.mjs';
import { Failure } from './report.mjs';

export async function bundleCli() {
  try {
    await build({
      entryPoints: [inCheckout('web/cli/main.ts')],
      outfile: inCheckout('build/cli/mini-llm.js'),
      bundle: true,
      packages: 'external',
      platform: 'node',
      format: 'esm',
      target: 'node20',
      sourcemap: true,
      logLevel: 'warning',
    });
  } catch {
    throw new Failure('The command line could not be bundled; the messages above say why.');
  }
}
