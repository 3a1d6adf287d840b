import { buildFolder, inCheckout } from '../../lib/paths.mjs';
import { join } from 'node:path';

export const inCompare = (...parts) => inCheckout('tools', 'compare', ...parts);

/** Where a page's bundle goes. */
export const built = (name) => join(buildFolder, 'compare', name);
