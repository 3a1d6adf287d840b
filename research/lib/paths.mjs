// Where things are in the checkout.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Failure } from './program.mjs';

const checkout = fileURLToPath(new URL('../..', import.meta.url));

export const inCheckout = (...parts) => join(checkout, ...parts);
export const inCompare = (...parts) => inCheckout('research', 'compare', ...parts);

/** A file or folder that a research command makes and that may be deleted at any time. */
export const scratch = (...parts) => inCheckout('build', 'research', ...parts);

/** The built command line. */
export const CLI = inCheckout('build', 'cli', 'mini-llm.js');
/** The folder of the built core, served to browsers. */
export const CORE = inCheckout('public', 'wasm');

/** Research commands measure what is built; they build and install nothing themselves. */
export function requireBuilt(path) {
  if (!existsSync(path)) throw new Failure(`${path} is missing; run npm run build first.`);
}
