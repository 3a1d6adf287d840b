// What every results page has: tables, and the machine and date of the figures.
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, getPriority, loadavg, release, totalmem, type } from 'node:os';
import { inCheckout } from '../../tools/lib/paths.mjs';
import { Failure } from '../../tools/lib/report.mjs';

/** The widest first: native code may use vectors that WebAssembly cannot. */
const VECTORS = { avx512f: 'AVX-512', avx2: 'AVX2', avx: 'AVX', asimd: 'NEON' };

export function machine() {
  return {
    date: new Date().toISOString().slice(0, 10),
    processor: cpus()[0]?.model.trim() ?? 'an unknown processor',
    cores: availableParallelism(),
    vectors: vectors(),
    memory: `${Math.round(totalmem() / 2 ** 30)} GB`,
    system: `${type()} ${release()}`,
    load: loadavg()[0],
    // Chromium sets its own priority, so any value but 0 favors what runs in Chromium.
    nice: getPriority(),
  };
}

function vectors() {
  try {
    const line = /^(flags|Features)\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'));
    const flags = line?.[2].split(' ') ?? [];
    return Object.entries(VECTORS).find(([flag]) => flags.includes(flag))?.[1];
  } catch {
    return undefined;
  }
}

/** A Markdown table: text in the first column, numbers in the others. */
export function markdownTable(head, rows) {
  const rule = head.map((_, i) => (i === 0 ? '---' : '--:'));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

export const BENCHMARKS = inCheckout('docs', 'BENCHMARKS.md');

/** The text with everything between <!-- NAME:begin --> and <!-- NAME:end --> replaced. */
export function withBlock(text, name, block) {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from)
    throw new Failure(`docs/BENCHMARKS.md has no ${begin} … ${end} for the results.`);
  return `${text.slice(0, from)}${begin}\n\n${block}\n${text.slice(to)}`;
}
