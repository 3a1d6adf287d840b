// Where things are.
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout. */
export const checkout = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** Everything that is built; deleting it costs nothing but time. */
export const buildFolder = join(checkout, 'build');

/** What outlives a checkout: the private toolchain. */
export const cacheFolder = process.env.MINI_LLM_CACHE || join(homedir(), '.cache', 'mini-llm');

/** A path inside the checkout. */
export const inCheckout = (...parts) => join(checkout, ...parts);
