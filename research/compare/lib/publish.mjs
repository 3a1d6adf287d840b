// Prints the results and writes them to files.
import { readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { inCompare } from '../../lib/paths.mjs';
import { say } from '../../../tools/lib/report.mjs';
import { BENCHMARKS, withBlock } from '../../lib/report.mjs';
import { resultsInBrief, resultsPage } from './results-page.mjs';

/** Writes to `out`, or, if everything was measured, to RESULTS.md and the tables of docs/BENCHMARKS.md. */
export function publish(run) {
  const results = resultsPage(run);
  process.stdout.write(results);
  if (run.out === undefined && !run.complete)
    return say('Nothing was written: RESULTS.md holds complete comparisons. --out FILE writes this one.');
  const file = run.out ?? inCompare('RESULTS.md');
  writeFileSync(file, `# mini-llm compared with others\n\nWritten by \`npm run compare\`.\n\n${results}`);
  say(`Written to ${relative(process.cwd(), file)}.`);
  if (run.out !== undefined) return;
  const more = 'Setup and method: [research/compare/RESULTS.md](../research/compare/RESULTS.md).\n';
  const block = `${resultsInBrief(run)}${more}`;
  writeFileSync(BENCHMARKS, withBlock(readFileSync(BENCHMARKS, 'utf8'), 'compare', block));
  say('The tables of docs/BENCHMARKS.md are updated.');
}
