// The runs of the tests of saving, as Node trains them without an interruption.

import type { Options } from '../../web/engine/options.ts';
import { makeCorpus } from '../../web/engine/corpus.ts';
import { loadNodeEngine } from '../../web/engine/node.ts';
import { prepareTraining } from '../../web/engine/prepare.ts';
import { Run } from '../../web/engine/run.ts';
import { tiny } from './engine.ts';

/** The file of a reproducible run with the options that tinyModel() sets on the page. */
export async function trainedAsOnPage(text: string, options: Partial<Options>): Promise<Uint8Array> {
  const engine = await loadNodeEngine({ reproducible: true });
  const run = new Run(engine, await prepareTraining(engine, tiny(options), makeCorpus(text)));
  await run.start();
  const file = run.save();
  await run.delete();
  return file;
}
