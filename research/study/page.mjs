// The study's results as Markdown. A result is {text, name, seconds, seed, bits, words, ended, max_steps}; a compressor's
// has only text, name and bits, which hold after any time.
import { machine, markdownTable } from '../lib/report.mjs';
import { median } from '../lib/statistics.mjs';

const range = (values, format) => {
  const [low, high] = [Math.min(...values), Math.max(...values)].map(format);
  return low === high ? low : `${low}–${high}`;
};
const bitsOf = (results) => results.map(({ bits }) => bits);
const three = (bits) => bits.toFixed(3);

/** "2.111 (2.109–2.113), ended at step 300"; '' without results. */
export function bitsCell(results) {
  if (results.length === 0) return '';
  const spread = results.length > 1 ? ` (${range(bitsOf(results), three)})` : '';
  const ends = results.map(({ ended }) => ended).filter(Boolean);
  const early = ends.length > 0 ? `, ended at step ${range(ends, String)}` : '';
  return `${three(median(bitsOf(results)))}${spread}${early}`;
}

function wordsCell(results) {
  const words = results.map(({ words }) => words).filter((share) => share !== undefined);
  return words.length > 0 ? `${Math.round(100 * median(words))} %` : '';
}

function timesCell(times) {
  if (!times) return '';
  const shown = [times.sampled, times.whole].map((ms) => ms.toFixed(1));
  return [...new Set(shown)].join(', ');
}

/** The rows that have results for the text, by duration; the best of each column is bold. */
export function textTable(text, { rows, seconds, results, times }) {
  const found = (name, s) =>
    results.filter((r) => r.text === text && r.name === name && (r.seconds === s || r.seconds === undefined));
  const middle = (name, s) => median(bitsOf(found(name, s)));
  const shownRows = rows.filter(({ name }) => seconds.some((s) => found(name, s).length > 0));
  const columns = seconds.filter((s) => shownRows.some(({ name }) => found(name, s).length > 0));
  const cells = (name, s) => {
    const best = Math.min(...shownRows.map((row) => middle(row.name, s)).filter((bits) => bits > 0));
    const cell = bitsCell(found(name, s));
    const bold = cell && middle(name, s) === best ? cell.replace(/^[\d.]+/, '**$&**') : cell;
    return [bold, wordsCell(found(name, s))];
  };
  const lines = shownRows.map(({ name, title }) => [
    title,
    timesCell(times.get(`${text} ${name}`)),
    ...columns.flatMap((s) => cells(name, s)),
  ]);
  const head = ['configuration', 'ms/step', ...columns.flatMap((s) => [`${s} s`, 'words'])];
  return markdownTable(head, lines);
}

const BRIEF = [
  ['standard', 10, 'Standard, 10 s'],
  ['standard', 30, '30 s'],
  ['standard', 120, '120 s'],
  ['thorough', 120, 'Thorough, 120 s'],
  ['english', 10, 'From English, 10 s'],
];

/** One row for each text, one column for each of the best known configurations and for each compressor. */
export function briefTable({ texts, rows, results }) {
  const compressors = rows
    .filter(({ programs }) => programs)
    .map(({ name, title }) => [name, undefined, title]);
  const of = (text, [name, seconds]) =>
    results.filter((r) => r.text === text && r.name === name && r.seconds === seconds);
  const columns = [...BRIEF, ...compressors].filter((c) => texts.some(({ name }) => of(name, c).length > 0));
  const cell = (found) => (found.length > 0 ? three(median(bitsOf(found))) : '');
  const lines = texts.map(({ name, title }) => [title, ...columns.map((column) => cell(of(name, column)))]);
  return markdownTable(['', ...columns.map(([, , title]) => title)], lines);
}

function flags({ preset, changes }) {
  const all = Object.entries({ preset, ...changes }).map(([name, value]) => `--${name} ${value}`);
  return `\`${all.join(' ')}\``;
}

export function measuredOn(seeds, load) {
  const { date, cores, processor } = machine();
  const busy =
    load > cores / 2 ? ', so the machine was busy: the times of the steps are not to be relied on' : '';
  return (
    `Written by \`npm run study\` on ${date}, on ${cores} cores of ${processor}, in Node ${process.versions.node}, ` +
    `with ${seeds === 1 ? 'one seed' : `${seeds} seeds`}; load average before: ${load.toFixed(1)}${busy}.`
  );
}

export function studyPage(study) {
  const { texts, rows, results, missing, seeds, load } = study;
  const intro = `# Bits per byte of the last tenth after 10, 30 and 120 s on two cores

${measuredOn(seeds, load)}

A cell is the median of the seeds, with their range: the bits per byte over the whole last tenth of the text, which is not
trained on, with the weights that are kept. The time of a run is its number of steps times the time of a step on all cores,
which is measured before all runs, in rounds; where two times of a step are given, the second is that of the last fifth of a run,
which compares all tokens. The learning rate falls to its minimum within that time. Evaluations, as many as the preset has, and
learning the vocabulary do not count. “Ended at step”: the run needed fewer steps than fit into the time, because validation no
longer improved, or because the preset takes no more.

“Words” is the share of the words of a generated text (2,000 tokens, temperature 0.8, no prompt, the same seed each time) that are
words of the text itself, in any case. A compressor's bits are the size of the whole text minus the size of its first nine
tenths; it keeps adapting within the last tenth, and takes the same at any time.

`;
  const tables = texts.map(({ name, title }) => `## ${title}\n\n${textTable(name, study)}`);
  const ran = rows.filter((row) => row.preset && results.some(({ name }) => name === row.name));
  const lines = ran.map((row) => [row.title, flags(row)]);
  const list = `## The configurations\n\n${markdownTable(['configuration', 'options'], lines)}`;
  const gaps = missing.map((sentence) => `\n${sentence}\n`).join('');
  return `${intro}${tables.join('\n')}\n${list}${gaps}`;
}
