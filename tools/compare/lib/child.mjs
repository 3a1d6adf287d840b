// A measurement in a process of its own that answers on stdout.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Longer than any measurement that is worth its place in the table. */
export const LIMIT_MS = 300_000;

/** Runs a command to its end and answers its stdout; the error's message ends with the last line it complained with. */
export async function output(command, args, options = {}) {
  try {
    const limits = { timeout: LIMIT_MS, killSignal: 'SIGKILL', maxBuffer: 2 ** 24 };
    return (await execute(command, args, { ...limits, ...options })).stdout;
  } catch (error) {
    if (error.killed) throw new Error(`took longer than ${LIMIT_MS / 1000} s`, { cause: error });
    const said = String(error.stderr ?? '')
      .trim()
      .split('\n');
    throw new Error(said.at(-1) || error.message, { cause: error });
  }
}
