// The measurements as Markdown tables.
import { markdownTable } from './markdown.mjs';
import { ratios } from './ratios.mjs';

const NONE = '–';

/** A run is {contenders, workloads, threadCounts, measurements}. */
export function tables(run) {
  const training = section(run, 'train', 'training: ms a step (tokens/s)', trainingCell);
  const generation = section(run, 'generate', 'generation: tokens/s with KV cache / without', generationCell);
  return [training, generation, ratioTable(run)].filter(Boolean).join('\n');
}

/** A row for everyone who has anything to show, and a column for each workload of the kind. */
function section({ contenders, threadCounts, measurements, ...run }, kind, title, cell) {
  const workloads = run.workloads.filter((workload) => workload.kind === kind);
  const rows = contenders.flatMap((contender) =>
    threadCounts.map((threads) => {
      const figure = (workload) => (name) => measurements.figure(contender, workload, threads, name);
      return [contender.title, threads, ...workloads.map((workload) => cell(figure(workload), workload))];
    }),
  );
  return table([title, 'threads', ...workloads.map(({ name }) => name)], rows);
}

function trainingCell(figure, { shape }) {
  const ms = figure('ms_per_step');
  return ms === undefined
    ? NONE
    : `${digits(ms)} (${digits((shape.batch_size * shape.seq_len * 1000) / ms)})`;
}

function generationCell(figure) {
  if (figure('cached') === undefined) return NONE;
  const int8 = figure('int8') === undefined ? '' : `; int8 ${digits(figure('int8'))}`;
  return `${digits(figure('cached'))} / ${digits(figure('uncached'))}${int8}`;
}

function ratioTable(run) {
  const { columns, rows } = ratios(run);
  const cell = (ratio) => (ratio === undefined ? NONE : `${ratio.toFixed(2)}×`);
  return table(
    ['how many times as fast', 'threads', ...columns],
    rows.map(({ title, threads, values }) => [title, threads, ...values.map(cell)]),
  );
}

/** Three figures or so, and thousands apart. */
function digits(value) {
  if (value === undefined) return NONE;
  return value.toLocaleString('en-US', { maximumFractionDigits: value < 10 ? 2 : value < 100 ? 1 : 0 });
}

/** Rows and tables with nothing in them are left out. */
function table(head, rows) {
  const full = rows.filter(([, , ...cells]) => cells.some((cell) => cell !== NONE));
  if (full.length === 0) return '';
  return markdownTable(head, full);
}
