// The measurements as Markdown tables.
import { markdownTable } from '../../lib/report.mjs';
import { ratios } from './ratios.mjs';

const NONE = '–';

/** A run is {systems, workloads, threadCounts, measurements}. */
export function tables(run) {
  const training = section(run, 'train', 'training: ms/step (tokens/s)', trainingCell);
  const generation = section(run, 'generate', 'generation: tokens/s with KV cache / without', generationCell);
  return [training, generation, ratioTable(run)].filter(Boolean).join('\n');
}

/** A row for each system and number of threads, a column for each workload of the kind. */
function section({ systems, threadCounts, measurements, ...run }, kind, title, cell) {
  const workloads = run.workloads.filter((workload) => workload.kind === kind);
  const rows = systems.flatMap((system) =>
    threadCounts.map((threads) => {
      const figure = (workload) => (name) => measurements.figure(system, workload, threads, name);
      return [system.title, threads, ...workloads.map((workload) => cell(figure(workload), workload))];
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

/** About three significant digits, with thousands separators. */
function digits(value) {
  if (value === undefined) return NONE;
  return value.toLocaleString('en-US', { maximumFractionDigits: value < 10 ? 2 : value < 100 ? 1 : 0 });
}

/** Leaves out empty rows; an empty table becomes ''. */
function table(head, rows) {
  const filled = rows.filter(([, , ...cells]) => cells.some((cell) => cell !== NONE));
  return filled.length === 0 ? '' : markdownTable(head, filled);
}
