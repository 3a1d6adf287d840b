// Standard output and standard error: results go to stdout, messages to stderr.

import type { Table } from '../engine/bench/tables.ts';
import { EXIT } from './exit.ts';

/** Prints a line to stderr. */
export function say(line = ''): void {
  process.stderr.write(`${styled(escapeLine(line))}\n`);
}

/** Prints text to stderr as it is, line feeds included. */
export function sayText(text: string): void {
  process.stderr.write(styled(escapeControls(text)));
}

// Unicode reserves these two for a program's own use. styled() turns them into escape sequences after
// escapeControls() has replaced those of file names and generated text.
const [BOLD, PLAIN] = ['\ufdd0', '\ufdd1'] as const;

export function bold(text: string): string {
  return `${BOLD}${text}${PLAIN}`;
}

function styled(text: string): string {
  const style = process.stderr.isTTY && process.env['NO_COLOR'] === undefined;
  return text.replaceAll(BOLD, style ? '\x1b[1m' : '').replaceAll(PLAIN, style ? '\x1b[22m' : '');
}

/** Prints a result to stdout. Pipes and files get every byte unchanged. */
export function print(text: string): void {
  process.stdout.write(process.stdout.isTTY ? escapeControls(text) : text);
}

export function printJson(value: unknown): void {
  print(`${JSON.stringify(value)}\n`);
}

/** A table in aligned columns. */
export function textTable({ title, head, rows, words }: Table): string {
  const widths = head.map((cell, i) => Math.max(cell.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (i < words ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
  return `${[title, '', ...[head, widths.map((w) => '-'.repeat(w)), ...rows].map(line)].join('\n')}\n`;
}

/** Control characters except tab and line feed, and characters that reverse the order of letters. */
// eslint-disable-next-line no-control-regex
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;

/** Shows control characters instead of obeying them: generated text and file names must not control the terminal. */
function escapeControls(text: string): string {
  return text.replace(CONTROLS, (character) => {
    const code = character.charCodeAt(0);
    // Unicode has a picture for each code below 32 (ESC is ␛) and for DEL; the others get JSON's escape, so that
    // JSON stays JSON.
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? '\u2421' : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

/** Also shows line feeds, as ␊. */
function escapeLine(text: string): string {
  return escapeControls(text).replaceAll('\n', '␊');
}

/** Shows the cursor, wraps long lines, resets colors. */
const RESET = '\x1b[?25h\x1b[?7h\x1b[0m';

/** Undoes a progress bar's changes to the terminal on every exit; `redraw` is called after a suspension (Ctrl-Z). */
export function resetTerminalAtExit(redraw: () => void): void {
  const reset = (): void => void process.stderr.write(RESET);
  process.once('exit', reset);
  process.once('SIGQUIT', () => process.exit(EXIT.quit));
  process.on('SIGTSTP', () => {
    reset();
    process.kill(process.pid, 'SIGSTOP');
  });
  process.on('SIGCONT', redraw);
}

let lost: 'closed' | Error | undefined;
let onLoss: (() => void) | undefined;

/** Without this, `mini-llm … | head` would end in a stack trace when head exits. */
export function watchStreams(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (lost !== undefined) return;
    lost = error.code === 'EPIPE' ? 'closed' : error;
    onLoss?.();
  });
  process.stderr.on('error', () => undefined);
}

/** Why stdout accepts no more output: its reader closed it, or an error; undefined while it works. */
export function outputLost(): 'closed' | Error | undefined {
  return lost;
}

/** Calls back once when stdout accepts no more output. */
export function onOutputLost(callback: () => void): void {
  onLoss = callback;
}

/** Resolves when stdout has taken everything written so far, so that a slow reader does not fill our memory. */
export function drained(): Promise<void> {
  if (!process.stdout.writableNeedDrain || lost !== undefined) return Promise.resolve();
  return new Promise((resolve) => {
    const settle = (): void => {
      process.stdout.off('drain', settle).off('error', settle);
      resolve();
    };
    process.stdout.once('drain', settle).once('error', settle);
  });
}
