// Example texts, made at build time (vite/sample-texts.ts) and fetched from the page's own origin.

import mobyDick from '../generated/moby-dick.txt?url';
import names from '../generated/names.txt?url';
import type { Words } from '../words/words.ts';

export interface Example {
  /** Its label is in the words. */
  readonly name: keyof Words['examples'];
  readonly url: string;
}

export const EXAMPLES: readonly Example[] = [
  { name: 'moby-dick', url: mobyDick },
  { name: 'names', url: names },
];

export const DEFAULT_EXAMPLE = 'moby-dick';
