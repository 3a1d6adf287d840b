// Where the results go.
import { readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { inCheckout } from '../../lib/paths.mjs';
import { Failure, say } from '../../lib/report.mjs';
import { inCompare } from './paths.mjs';
import { resultsInBrief, resultsPage } from './results-page.mjs';

const BEGIN = '<!-- compare:begin -->';
const END = '<!-- compare:end -->';

/** To the file that was asked for; else to RESULTS.md and, if everything was measured, its tables to the README. */
export function publish(run) {
  const page = resultsPage(run);
  process.stdout.write(page);
  const file = run.out ?? inCompare('RESULTS.md');
  writeFileSync(file, `# mini-llm compared with others\n\nWritten by \`npm run compare\`.\n\n${page}`);
  say(`Written to ${relative(process.cwd(), file)}.`);
  if (run.out !== undefined) return;
  if (!run.complete)
    return say('README.md still shows the last complete comparison: this was one of a part.');
  const readme = inCheckout('README.md');
  const more =
    'Who was given what, and how it was measured: [tools/compare/RESULTS.md](tools/compare/RESULTS.md).\n';
  writeFileSync(readme, withBlock(readFileSync(readme, 'utf8'), `${resultsInBrief(run)}${more}`));
  say('README.md shows it too.');
}

/** The text with what is between the marks replaced. */
export function withBlock(text, block) {
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin)
    throw new Failure(`README.md has no ${BEGIN} … ${END} to put the results in.`);
  return `${text.slice(0, begin)}${BEGIN}\n\n${block}\n${text.slice(end)}`;
}
