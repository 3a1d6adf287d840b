// Tables (CSV, TSV): the columns that hold words, a row a line. Columns of numbers, dates, codes and addresses go.

import Papa from 'papaparse';
import type { Converted } from './converted.ts';

const LIST = new Intl.ListFormat('en', { type: 'conjunction' });
/** A column's kind shows in its first rows. */
const ROWS_LOOKED_AT = 1000;
/** At least this share of a column's filled cells must be words. */
const WORDS_SHARE = 0.5;
/** Rows with longer cells become paragraphs. */
const LONG_CELL = 200;

type Row = readonly string[];

/** Returns undefined, which keeps the file as it is, if no column or every one holds words only. */
export function convert(text: string): Converted | undefined {
  const { data } = Papa.parse<string[]>(text, { skipEmptyLines: 'greedy' });
  const rows: readonly Row[] = data;
  if (rows.length < 2) return undefined;
  const columns = Math.max(...rows.slice(0, ROWS_LOOKED_AT).map((row) => row.length));
  const words = Array.from({ length: columns }, (_, column) => holdsWords(rows.slice(1), column));
  if (columns < 2 || !words.includes(true)) return undefined;
  const head = rows[0]!.every((cell) => cell.trim() === '' || isName(cell)) ? rows[0]! : undefined;
  const nameOf = (column: number): string => head?.[column]?.trim() || `column ${column + 1}`;
  const names = (wanted: boolean): string[] =>
    words.flatMap((word, column) => (word === wanted ? [nameOf(column)] : []));
  const kept = rows.slice(head ? 1 : 0).map((row) => row.filter((_, column) => words[column]));
  return { text: joined(kept), dropped: droppedColumns(names(true), names(false), head !== undefined) };
}

function joined(rows: readonly Row[]): string {
  const long = rows.some((row) => row.some((cell) => cell.length > LONG_CELL || cell.trim().includes('\n')));
  const [cell, row] = long ? ['\n', '\n\n'] : ['\t', '\n'];
  const lines = rows.map((cells) =>
    cells
      .map((c) => c.trim())
      .filter((c) => c !== '')
      .join(cell),
  );
  return `${lines.filter((line) => line !== '').join(row)}\n`;
}

function holdsWords(rows: readonly Row[], column: number): boolean {
  const filled = rows
    .slice(0, ROWS_LOOKED_AT)
    .map((row) => (row[column] ?? '').trim())
    .filter((cell) => cell !== '');
  const words = filled.filter(isWords).length;
  return filled.length > 0 && words >= WORDS_SHARE * filled.length;
}

const LETTERS = /\p{L}/u;
const ADDRESS = /^(?:[a-z]+:\/\/|www\.|mailto:)\S+$|^\S+@\S+\.\S+$/i;
const DATE = /^(?:\w{3,9}[ ,]+){0,3}\d{1,4}[-/.T:]\d{1,2}\b.*$|^\d{1,2}:\d{2}/;
const SWITCH = /^(?:true|false|yes|no|null|none|nan|n\/a)$/i;

function isWords(cell: string): boolean {
  if (!LETTERS.test(cell) || SWITCH.test(cell) || ADDRESS.test(cell) || DATE.test(cell)) return false;
  // An identifier has no spaces, and digits among its letters.
  return /\s/.test(cell) || !/\d/.test(cell);
}

/** What may stand above a column. */
function isName(cell: string): boolean {
  return LETTERS.test(cell) && cell.length <= 60 && !/[.!?\n]/.test(cell.trim()) && !ADDRESS.test(cell);
}

function droppedColumns(kept: string[], dropped: string[], head: boolean): string[] {
  const of = (names: string[]): string =>
    `${names.length === 1 ? 'column' : 'columns'} ${LIST.format(names)}`;
  const without = head ? 'names of the columns' : '';
  if (dropped.length === 0)
    return head ? [`Quotation marks and the ${without} were left out.`] : ['Quotation marks were left out.'];
  return [
    `The text is that of the ${of(kept)}; ${head ? `the ${without} and the` : 'the'} ${of(dropped)}, which ${dropped.length === 1 ? 'holds' : 'hold'} no words, were left out.`,
  ];
}
