// Paths in the checkout.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const checkout = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** Everything that is built; it can be deleted at any time. */
export const buildFolder = join(checkout, 'build');

/** A path inside the checkout. */
export const inCheckout = (...parts) => join(checkout, ...parts);
