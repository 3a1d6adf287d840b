// The benchmark's results as tables, drawn by the page and by the command line.

import { counted, ENGLISH, type Formats } from '../format.ts';
import type { OperationProfile } from '../profile.ts';
import {
  isTraining,
  type BenchReport,
  type GenerateResult,
  type Machine,
  type ProfileResult,
  type TrainResult,
} from './report.ts';
import type { Setting } from './settings.ts';
import { BENCH_TEXT, type BenchText } from './text.ts';

export interface Table {
  title: string;
  head: readonly string[];
  /** Each row is as long as the head. */
  rows: string[][];
  /** The first columns that hold words; the others hold numbers. */
  words: number;
}

/** The words and the numbers of a language. */
interface Language {
  say: BenchText;
  format: Formats;
}

/** Tables of speed. */
export function speedTables(report: BenchReport, say = BENCH_TEXT, format = ENGLISH): Table[] {
  const language = { say, format };
  const trained = report.results.filter(isTraining);
  const generated = report.results.filter((r): r is GenerateResult => !isTraining(r));
  const tables = [
    peaks(report, language),
    training(trained, language),
    generation(generated, language),
    gainByContext(report, language),
  ];
  return tables.filter(({ rows }) => rows.length > 0);
}

function peaks({ peaks }: BenchReport, { say, format }: Language): Table {
  return {
    title: say.peak,
    head: say.peakHead,
    rows: peaks.map((p) => [p.variant, format.decimal(p.peak_gflops_per_thread, 1)]),
    words: 1,
  };
}

function training(results: readonly TrainResult[], { say, format }: Language): Table {
  return {
    title: say.training,
    head: say.trainingHead,
    rows: results.map((r) => [
      r.workload,
      r.variant,
      String(r.threads),
      format.decimal(r.ms_per_step, 1),
      count(r.tokens_per_s, format),
      format.decimal(r.gflops, 1),
      format.percent(r.mfu),
      megabytes(r.peak_heap_mb),
    ]),
    words: 2,
  };
}

function generation(results: readonly GenerateResult[], { say, format }: Language): Table {
  const rows = results
    .filter((r) => r.cache && !r.int8)
    .map((on) => {
      const same = results.filter((r) => r.workload === on.workload && isOn(on)(r));
      const off = same.find((r) => !r.cache);
      const int8 = same.find((r) => r.int8);
      return [
        on.workload,
        on.variant,
        String(on.threads),
        count(on.tokens_per_s, format),
        count(off?.tokens_per_s, format),
        times(on.tokens_per_s, off?.tokens_per_s, format),
        count(int8?.tokens_per_s, format),
        megabytes(on.peak_heap_mb),
      ];
    });
  return {
    title: say.generation,
    head: say.generationHead,
    rows,
    words: 2,
  };
}

function gainByContext({ contexts }: BenchReport, { say, format }: Language): Table {
  const on = contexts.filter((r) => r.cache);
  return {
    title: say.contexts(on[0] ? say.setting(on[0].variant, on[0].threads) : ''),
    head: say.contextsHead,
    rows: on.map(({ context, tokens_per_s }) => {
      const off = contexts.find((r) => r.context === context && !r.cache)?.tokens_per_s;
      return [
        String(context),
        count(tokens_per_s, format),
        count(off, format),
        times(tokens_per_s, off, format),
      ];
    }),
    words: 0,
  };
}

/** Tables of profiles: for each workload its fastest build, with the fewest and with the most threads side by side. */
export function profileTables(
  { profiles: all, results }: BenchReport,
  say = BENCH_TEXT,
  format = ENGLISH,
): Table[] {
  const trained = results.filter(isTraining);
  return [...new Set(all.map(({ workload }) => workload))].map((workload) => {
    const same = trained.filter((r) => r.workload === workload);
    const threads = same.map((r) => r.threads);
    const chosen = [...new Set([Math.min(...threads), Math.max(...threads)])].map((n) => {
      const fastest = same
        .filter((r) => r.threads === n)
        .reduce((best, r) => (r.ms_per_step < best.ms_per_step ? r : best));
      return all.find((p) => p.workload === workload && isOn(fastest)(p))!;
    });
    const settings = chosen.map(
      (p) => `${say.setting(p.variant, p.threads)}, ${format.decimal(p.ms_per_step, 1)} ms`,
    );
    return profileTable(say.profile(workload, settings.join('; ')), chosen, say, format);
  });
}

/** Profiles side by side, with the operations in the order of the first one. */
export function profileTable(
  title: string,
  steps: readonly Pick<ProfileResult, 'operations' | 'rest_share' | 'threads'>[],
  say = BENCH_TEXT,
  format = ENGLISH,
): Table {
  const label = (threads: number): string => (steps.length > 1 ? say.shareOn(threads) : say.share);
  const rows = (steps[0]?.operations ?? []).map(({ op, pass, calls }) => {
    const same = steps.map((s) => s.operations.find((o) => o.op === op && o.pass === pass));
    return [
      op,
      pass,
      decimal(calls, format),
      ...same.flatMap((o) => (o ? [format.percent(o.share, 1), speed(o, format)] : ['–', '–'])),
    ];
  });
  const rest = [say.rest, '', '', ...steps.flatMap((s) => [format.percent(s.rest_share, 1), ''])];
  return {
    title,
    head: [say.operation, say.pass, say.calls, ...steps.flatMap((s) => [label(s.threads), say.speed])],
    rows: rows.length > 0 ? [...rows, rest] : [],
    words: 2,
  };
}

function isOn({ variant, threads }: Setting): (other: Setting) => boolean {
  return (other) => other.variant === variant && other.threads === threads;
}

function speed({ gflops, gb_per_s }: OperationProfile, format: Formats): string {
  if (gflops !== null) return `${format.decimal(gflops, 1)} GFLOP/s`;
  return gb_per_s === null ? '–' : `${format.decimal(gb_per_s, 1)} GB/s`;
}

function count(n: number | undefined, format: Formats): string {
  if (n === undefined) return '–';
  return format.decimal(n, n < 100 ? 1 : 0);
}

function decimal(n: number, format: Formats): string {
  return Number.isInteger(n) ? String(n) : format.decimal(n, 1);
}

function times(a: number, b: number | undefined, format: Formats): string {
  return b === undefined ? '–' : `${format.decimal(a / b, 1)}×`;
}

function megabytes(mb: number): string {
  return `${mb.toFixed(0)} MB`;
}

/** A sentence about the flags with which the engine runs, or ''. */
export function flagsNote({ runtime, engine_flags = [] }: Machine): string {
  if (engine_flags.length === 0) return '';
  return `Flags of ${runtime} that mini-llm switched on: ${engine_flags.join(', ')}.`;
}

/** The tables below a line that names the machine. */
export function benchMarkdown({ machine }: Pick<BenchReport, 'machine'>, tables: readonly Table[]): string {
  const { runtime, processor, cores } = machine;
  const where = [runtime, processor, counted(cores, 'core')].filter(Boolean).join(', ');
  const parts = [`mini-llm on ${where}; medians`, flagsNote(machine), ...tables.map(markdownTable)];
  return parts.filter(Boolean).join('\n\n') + '\n';
}

function markdownTable({ title, head, rows, words }: Table): string {
  const rule = head.map((_, i) => (i < words ? '---' : '---:'));
  const lines = [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return [title, '', ...lines].join('\n');
}
