// The two streams: results go to stdout, everything said about them to stderr.

import { styleText } from 'node:util';

/** A line to the person at the terminal. */
export function say(line = ''): void {
  process.stderr.write(`${line}\n`);
}

export function strong(text: string): string {
  return process.stderr.isTTY && process.env['NO_COLOR'] === undefined ? styleText('bold', text) : text;
}

/** Results: text for people, or one JSON object a line. */
export function put(text: string): void {
  process.stdout.write(text);
}

export function putJson(value: unknown): void {
  put(`${JSON.stringify(value)}\n`);
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
