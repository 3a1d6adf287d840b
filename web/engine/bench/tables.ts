// The benchmark's results as tables, drawn by the page and by the command line.

import { counted, percent } from '../format.ts';
import type { OperationProfile } from '../profile.ts';
import {
  isTraining,
  type BenchReport,
  type GenerateResult,
  type Machine,
  type ProfileResult,
  type TrainResult,
} from './report.ts';
import { settingText, type Setting } from './settings.ts';

export interface Table {
  title: string;
  head: string[];
  /** Each row is as long as the head. */
  rows: string[][];
  /** The first columns that hold words; the others hold numbers. */
  words: number;
}

/** Tables of speed. */
export function speedTables(report: BenchReport): Table[] {
  const trained = report.results.filter(isTraining);
  const generated = report.results.filter((r): r is GenerateResult => !isTraining(r));
  const tables = [peaks(report), training(trained), generation(generated), gainByContext(report)];
  return tables.filter(({ rows }) => rows.length > 0);
}

function peaks({ peaks }: BenchReport): Table {
  return {
    title: 'Peak of the matrix kernel',
    head: ['build', 'GFLOP/s per thread'],
    rows: peaks.map((p) => [p.variant, p.peak_gflops_per_thread.toFixed(1)]),
    words: 1,
  };
}

function training(results: readonly TrainResult[]): Table {
  return {
    title: 'Training; MFU is the share of that peak times the threads',
    head: ['training', 'build', 'threads', 'ms/step', 'tokens/s', 'GFLOP/s', 'MFU', 'peak heap'],
    rows: results.map((r) => [
      r.workload,
      r.variant,
      String(r.threads),
      milliseconds(r.ms_per_step),
      count(r.tokens_per_s),
      r.gflops.toFixed(1),
      percent(r.mfu, 0),
      megabytes(r.peak_heap_mb),
    ]),
    words: 2,
  };
}

function generation(results: readonly GenerateResult[]): Table {
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
        count(on.tokens_per_s),
        count(off?.tokens_per_s),
        times(on.tokens_per_s, off?.tokens_per_s),
        count(int8?.tokens_per_s),
        megabytes(on.peak_heap_mb),
      ];
    });
  return {
    title: 'Generation, one text at a time until the context is full, in tokens/s',
    head: [
      'generation',
      'build',
      'threads',
      'with cache',
      'without',
      'gain',
      'int8, with cache',
      'peak heap',
    ],
    rows,
    words: 2,
  };
}

function gainByContext({ contexts }: BenchReport): Table {
  const on = contexts.filter((r) => r.cache);
  return {
    title: `Speedup by the KV cache for each context length, in tokens/s (G1's model${on[0] ? `, ${settingText(on[0])}` : ''})`,
    head: ['context', 'with cache', 'without', 'gain'],
    rows: on.map(({ context, tokens_per_s }) => {
      const off = contexts.find((r) => r.context === context && !r.cache)?.tokens_per_s;
      return [String(context), count(tokens_per_s), count(off), times(tokens_per_s, off)];
    }),
    words: 0,
  };
}

/** Tables of profiles: for each workload its fastest build, with the fewest and with the most threads side by side. */
export function profileTables({ profiles: all, results }: BenchReport): Table[] {
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
    const title = chosen.map((p) => `${settingText(p)}, ${milliseconds(p.ms_per_step)} ms`).join('; ');
    return profileTable(`Time of each operation in a ${workload} step: ${title}`, chosen);
  });
}

/** Profiles side by side, with the operations in the order of the first one. */
export function profileTable(
  title: string,
  steps: readonly Pick<ProfileResult, 'operations' | 'rest_share' | 'threads'>[],
): Table {
  const label = steps.length > 1 ? (n: number): string => `${counted(n, 'thread')}, share` : () => 'share';
  const rows = (steps[0]?.operations ?? []).map(({ op, pass, calls }) => {
    const same = steps.map((s) => s.operations.find((o) => o.op === op && o.pass === pass));
    return [
      op,
      pass,
      decimal(calls),
      ...same.flatMap((o) => (o ? [percent(o.share, 1), speed(o)] : ['–', '–'])),
    ];
  });
  const rest = ['(the rest)', '', '', ...steps.flatMap((s) => [percent(s.rest_share, 1), ''])];
  return {
    title,
    head: ['operation', 'pass', 'calls', ...steps.flatMap((s) => [label(s.threads), 'speed'])],
    rows: rows.length > 0 ? [...rows, rest] : [],
    words: 2,
  };
}

function isOn({ variant, threads }: Setting): (other: Setting) => boolean {
  return (other) => other.variant === variant && other.threads === threads;
}

function speed({ gflops, gb_per_s }: OperationProfile): string {
  if (gflops !== null) return `${gflops.toFixed(1)} GFLOP/s`;
  return gb_per_s === null ? '–' : `${gb_per_s.toFixed(1)} GB/s`;
}

function count(n: number | undefined): string {
  if (n === undefined) return '–';
  return n < 100 ? n.toFixed(1) : Math.round(n).toLocaleString('en-US');
}

function milliseconds(ms: number): string {
  return ms.toLocaleString('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
}

function decimal(n: number): string {
  return Number.isInteger(n) ? String(n) : n.toFixed(1);
}

function times(a: number, b: number | undefined): string {
  return b === undefined ? '–' : `${(a / b).toFixed(1)}×`;
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
