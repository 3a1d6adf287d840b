// The two streams: results go to stdout, everything said about them to stderr.

import { EXIT } from './exit.ts';
import { visible, visibleLine } from './visible.ts';

/** A line to the person at the terminal. */
export function say(line = ''): void {
  process.stderr.write(`${styled(visibleLine(line))}\n`);
}

/** Text to the person, with line feeds of its own. */
export function tell(text: string): void {
  process.stderr.write(styled(visible(text)));
}

// Unicode keeps these two for a program's own use. They become escape sequences only after those of file names and
// models have been made visible.
const [BOLD, PLAIN] = ['\ufdd0', '\ufdd1'] as const;

export function strong(text: string): string {
  return `${BOLD}${text}${PLAIN}`;
}

function styled(text: string): string {
  const style = process.stderr.isTTY && process.env['NO_COLOR'] === undefined;
  return text.replaceAll(BOLD, style ? '\x1b[1m' : '').replaceAll(PLAIN, style ? '\x1b[22m' : '');
}

/** Results: text for people, or one JSON object a line. Pipes and files get it to the byte. */
export function put(text: string): void {
  process.stdout.write(process.stdout.isTTY ? visible(text) : text);
}

export function putJson(value: unknown): void {
  put(`${JSON.stringify(value)}\n`);
}

/** The cursor is shown, long lines wrap, colors are the terminal's own. */
const RESTORED = '\x1b[?25h\x1b[?7h\x1b[0m';

/** Undoes what a progress bar changes, however the program leaves; `again` redoes it after a suspension (Ctrl-Z). */
export function restoreTerminalAtExit(again: () => void): void {
  const restore = (): void => void process.stderr.write(RESTORED);
  process.once('exit', restore);
  process.once('SIGQUIT', () => process.exit(EXIT.quit));
  process.on('SIGTSTP', () => {
    restore();
    process.kill(process.pid, 'SIGSTOP');
  });
  process.on('SIGCONT', again);
}

let lost: 'reader' | Error | undefined;
let onLoss: (() => void) | undefined;

/** Without this, `mini-llm … | head` would end in a stack trace when head has read enough. */
export function watchStreams(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (lost !== undefined) return;
    lost = error.code === 'EPIPE' ? 'reader' : error;
    onLoss?.();
  });
  process.stderr.on('error', () => undefined);
}

/** Why stdout takes nothing any more: its reader has left, or an error; undefined while all is well. */
export function outputLost(): 'reader' | Error | undefined {
  return lost;
}

/** Calls back once when stdout stops taking anything. */
export function whenOutputIsLost(callback: () => void): void {
  onLoss = callback;
}

/** Resolves when what was written has been taken, so that a slow reader slows us down instead of filling memory. */
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
