// Where the files of research commands are.
import { inCheckout } from '../../tools/lib/paths.mjs';

export const inCompare = (...parts) => inCheckout('research', 'compare', ...parts);

/** A file or folder that a research command makes and that may be deleted at any time. */
export const scratch = (...parts) => inCheckout('build', 'research', ...parts);

/** The built command line. */
export const CLI = inCheckout('build', 'cli', 'mini-llm.js');
/** The folder of the built core, served to browsers. */
export const CORE = inCheckout('public', 'wasm');
