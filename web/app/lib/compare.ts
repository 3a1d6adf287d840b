// What several runs have in common and what not: their curves, options and samples, as data.

import { MEASURES, type Column, type LossPoints } from '../../engine/loss-history.ts';
import { OPTIONS } from '../../engine/options.ts';
import type { RunRecord } from '../../engine/run-record.ts';
import { optionText } from '../../engine/validate.ts';
import type { ListedRun } from '../../worker/storage/protocol.ts';
import { words } from '../words/words.ts';

export interface ComparedRun {
  run: ListedRun;
  record: RunRecord;
}

/** The dashes of the curves, in CSS pixels, which tell the runs apart as their colors do. */
export const DASHES: readonly (readonly number[])[] = [[], [9, 4], [2, 3], [12, 3, 2, 3], [5, 2], [14, 6]];
export const MOST_RUNS = DASHES.length;

/** The runs, the newest first, with names of which no two are equal. */
export function named(runs: readonly ListedRun[]): ListedRun[] {
  return runs.map((run, i) => {
    const alike = (others: readonly ListedRun[]) => others.filter(({ name }) => name === run.name).length;
    return alike(runs) > 1 ? { ...run, name: `${run.name} (${alike(runs.slice(i))})` } : run;
  });
}

export interface Metric {
  name: keyof typeof words.compare.metrics;
  column: (points: LossPoints) => Column | undefined;
  format: (value: number) => string;
}

const loss = (value: number): string => words.format.loss(value);
const exact = (value: number): string => String(Number(value.toPrecision(4)));
const rate = (value: number): string => words.format.rate(value);
const perplexity = (column: Column): Column => column.map((loss) => (loss === null ? null : Math.exp(loss)));

export const METRICS: readonly Metric[] = [
  { name: 'val', column: ({ val }) => val, format: loss },
  { name: 'train', column: ({ train }) => train, format: loss },
  { name: 'val_bits_per_byte', column: ({ measures }) => measures?.val_bits_per_byte, format: loss },
  { name: 'train_bits_per_byte', column: ({ measures }) => measures?.train_bits_per_byte, format: loss },
  { name: 'perplexity', column: ({ val }) => perplexity(val), format: exact },
  { name: 'lr', column: ({ measures }) => measures?.lr, format: exact },
  { name: 'grad_norm', column: ({ measures }) => measures?.grad_norm, format: exact },
  { name: 'tokens_per_s', column: ({ measures }) => measures?.tokens_per_s, format: rate },
];

/** The curve of one run: the points at which the metric was measured. */
export interface Curve {
  steps: number[];
  values: number[];
}

export function curveOf({ record }: ComparedRun, metric: Metric, smoothing: number): Curve {
  const column = metric.column(record.curves) ?? [];
  const measured = record.curves.steps.flatMap((step, i) => {
    const value = column[i];
    return typeof value === 'number' ? [{ step, value }] : [];
  });
  return {
    steps: measured.map(({ step }) => step),
    values: smoothed(
      measured.map(({ value }) => value),
      smoothing,
    ),
  };
}

/** An exponential moving average that is not drawn towards 0 at its beginning, as in Adam (Kingma and Ba, 2015). */
export function smoothed(values: readonly number[], weight: number): number[] {
  let sum = 0;
  let all = 0;
  return values.map((value) => {
    sum = weight * sum + (1 - weight) * value;
    all = weight * all + (1 - weight);
    return sum / all;
  });
}

/** The value of a curve at a step: the last one that was measured until then. */
export function valueAt({ steps, values }: Curve, step: number): number | undefined {
  return values[steps.findLastIndex((each) => each <= step)];
}

export interface Difference {
  name: string;
  label: string;
  /** One for each run. */
  values: string[];
}

/** The options and texts in which the runs differ. */
export function differences(runs: readonly ComparedRun[]): Difference[] {
  const all: Difference[] = [
    { name: 'text', label: words.compare.text, values: runs.map(({ run }) => textName(run)) },
    ...OPTIONS.map(({ name }) => ({
      name,
      label: words.options[name].label,
      values: runs.map(({ run }) => optionText(run.options[name])),
    })),
    {
      name: '',
      label: words.compare.parameters,
      values: runs.map(({ run }) => words.format.parameters(run.n_parameters)),
    },
  ];
  const sameText = new Set(runs.map(({ run }) => run.text.sha256)).size < 2;
  return all.filter(({ name, values }) => (name === 'text' ? !sameText : new Set(values).size > 1));
}

function textName({ text }: ListedRun): string {
  return `${text.name === '' ? words.compare.typed : text.name}, ${words.format.bytes(text.bytes)}`;
}

export interface ComparedSample {
  step: number;
  text: string;
}

/** The live sample of a run at a step: the last one until then. */
export function sampleAt({ record }: ComparedRun, step: number): ComparedSample | undefined {
  return record.samples?.findLast((sample) => sample.step <= step);
}

/** What a run's samples begin with, and their seed. */
export function sampledWith({ run, record }: ComparedRun): string {
  const sample = record.events.findLast((event) => event.event === 'sample');
  return JSON.stringify([sample?.event === 'sample' ? sample.prompt : '', optionText(run.options.seed)]);
}

/** What a chart says to those who do not see it. */
export function summaryOf(runs: readonly ComparedRun[], curves: readonly Curve[], metric: Metric): string {
  const each = runs.map(({ run }, i) => {
    const { steps, values } = curves[i]!;
    if (values.length === 0) return words.compare.noCurve(run.name);
    const lowest = values.indexOf(Math.min(...values));
    const [first, last, least] = [values[0]!, values.at(-1)!, values[lowest]!].map(metric.format);
    return words.compare.curve(run.name, first!, steps[0]!, last!, steps.at(-1)!, least!, steps[lowest]!);
  });
  return [words.compare.byStep(words.compare.metrics[metric.name]), ...each].join(' ');
}

/** Every recorded number of the runs, one line a step. */
export function csvOf(runs: readonly ComparedRun[]): string {
  const header = ['run', 'step', 'train_loss', 'val_loss', ...MEASURES];
  const lines = runs.flatMap(({ run, record: { curves } }) =>
    curves.steps.map((step, i) => [
      quoted(run.name),
      step,
      curves.train[i] ?? '',
      curves.val[i] ?? '',
      ...MEASURES.map((name) => curves.measures?.[name]?.[i] ?? ''),
    ]),
  );
  return [header, ...lines].map((line) => `${line.join(',')}\r\n`).join('');
}

/** As RFC 4180 has it; a text that a spreadsheet would take for a formula stays a text. */
function quoted(text: string): string {
  const plain = /^[=+\-@]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
