// Example texts, made at build time (vite/sample-texts.ts) and fetched from the page's own origin.

import mobyDick from '../generated/moby-dick.txt?url';
import names from '../generated/names.txt?url';

export interface Example {
  readonly name: string;
  readonly label: string;
  readonly url: string;
}

export const EXAMPLES: readonly Example[] = [
  { name: 'moby-dick', label: 'Moby-Dick, a novel', url: mobyDick },
  { name: 'names', label: 'Names, one per line', url: names },
];

export const DEFAULT_EXAMPLE = 'moby-dick';
