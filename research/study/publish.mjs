// Prints the study and writes it to files.
import { readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { inCheckout } from '../../tools/lib/paths.mjs';
import { say } from '../../tools/lib/report.mjs';
import { BENCHMARKS, withBlock } from '../lib/report.mjs';
import { briefTable, measuredOn, studyPage } from './page.mjs';

/** Writes to `out`, or, if everything was studied, to RESULTS.md and the table of docs/BENCHMARKS.md. */
export function publish(study) {
  const page = studyPage(study);
  process.stdout.write(page);
  if (study.out === undefined && !study.complete)
    return say('Nothing was written: RESULTS.md holds complete studies. --out FILE writes this one.');
  const file = study.out ?? inCheckout('research', 'study', 'RESULTS.md');
  writeFileSync(file, page);
  say(`Written to ${relative(process.cwd(), file)}.`);
  if (study.out !== undefined) return;
  const more = 'Every configuration, with ranges: [research/study/RESULTS.md](../research/study/RESULTS.md).';
  const block = `${briefTable(study)}\n${measuredOn(study.seeds, study.load)}\n${more}\n`;
  writeFileSync(BENCHMARKS, withBlock(readFileSync(BENCHMARKS, 'utf8'), 'study', block));
  say('The table of docs/BENCHMARKS.md is updated.');
}
