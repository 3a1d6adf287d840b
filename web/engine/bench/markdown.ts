// The results as Markdown, for pasting into issues.

import { counted } from '../format.ts';
import type { BenchReport } from './report.ts';
import type { Table } from './tables.ts';

/** The tables below a line that names the machine. */
export function benchMarkdown({ machine }: Pick<BenchReport, 'machine'>, tables: readonly Table[]): string {
  const { runtime, processor, cores } = machine;
  const where = [runtime, processor, counted(cores, 'core')].filter(Boolean).join(', ');
  return [`mini-llm on ${where}; medians`, ...tables.map(markdownTable)].join('\n\n') + '\n';
}

function markdownTable({ title, head, rows, words }: Table): string {
  const rule = head.map((_, i) => (i < words ? '---' : '---:'));
  const lines = [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return [title, '', ...lines].join('\n');
}
