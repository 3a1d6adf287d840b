// Tables in columns, for a terminal.

import type { Table } from '../engine/bench/tables.ts';

export function textTable({ title, head, rows, words }: Table): string {
  const widths = head.map((cell, i) => Math.max(cell.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (i < words ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
  return `${[title, '', ...[head, widths.map((w) => '-'.repeat(w)), ...rows].map(line)].join('\n')}\n`;
}
