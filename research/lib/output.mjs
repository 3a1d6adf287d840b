// Runs a measurement in its own process and reads its stdout.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** A measurement that takes longer is given up. */
export const LIMIT_MS = 300_000;

/** The stdout of a command. If it fails, the error's message is the last line of its stderr. */
export async function output(command, args, options = {}) {
  const limits = { timeout: LIMIT_MS, killSignal: 'SIGKILL', maxBuffer: 2 ** 24, ...options };
  try {
    return (await execute(command, args, limits)).stdout;
  } catch (error) {
    if (error.killed) throw new Error(`took longer than ${limits.timeout / 1000} s`, { cause: error });
    const lines = String(error.stderr ?? '')
      .trim()
      .split('\n');
    throw new Error(lines.at(-1) || error.message, { cause: error });
  }
}
