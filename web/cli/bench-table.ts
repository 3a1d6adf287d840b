// The benchmark's results as a table for people.

import { formatCount } from './format.ts';
import type { BenchReport, GenerateResult, TrainResult } from './measure.ts';

export function benchTable({ variant, peak_gflops_per_thread, results }: BenchReport): string {
  const trained = results.filter((r): r is TrainResult => 'ms_per_step' in r);
  const generated = results.filter((r): r is GenerateResult => 'cache' in r);
  const peak = `${variant} build; the matrix kernel alone reaches ${peak_gflops_per_thread.toFixed(1)} GFLOP/s a thread\n`;
  return [peak, trainTable(trained), generateTable(generated)].filter((part) => part !== '').join('\n');
}

function trainTable(results: readonly TrainResult[]): string {
  if (results.length === 0) return '';
  return table(
    ['training', 'threads', 'ms/step', 'tokens/s', 'GFLOP/s', 'MFU', 'peak heap'],
    results.map((r) => [
      r.workload,
      String(r.threads),
      r.ms_per_step.toFixed(1),
      formatCount(r.tokens_per_s),
      r.gflops.toFixed(1),
      `${(r.mfu * 100).toFixed(0)} %`,
      `${r.peak_heap_mb.toFixed(0)} MB`,
    ]),
  );
}

function generateTable(results: readonly GenerateResult[]): string {
  const pairs = results.filter((r) => r.cache);
  if (pairs.length === 0) return '';
  return table(
    ['generation', 'threads', 'tokens/s with cache', 'without', 'gain'],
    pairs.map((on) => {
      const off = results.find((r) => r.workload === on.workload && r.threads === on.threads && !r.cache);
      const without = off?.tokens_per_s ?? NaN;
      return [
        on.workload,
        String(on.threads),
        formatCount(on.tokens_per_s),
        formatCount(without),
        `${(on.tokens_per_s / without).toFixed(1)}×`,
      ];
    }),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((cell, i) => Math.max(cell.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ');
  return `${[head, widths.map((w) => '-'.repeat(w)), ...rows].map(line).join('\n')}\n`;
}
