// Starting other programs.
import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Failure } from './report.mjs';

const OUTPUT_KEPT = 4000;

/**
 * Runs a command to its end. Its output goes to stderr, or with `quiet` is shown only if it fails.
 * Throws a Failure, which calls the command `shownAs`, when it cannot be started or its exit status is not 0.
 */
export async function run(
  command,
  args,
  { quiet = false, shownAs = [command, ...args].join(' '), ...options } = {},
) {
  const result = await start(command, args, {
    ...options,
    stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 2, 2],
  });
  if (result.status === 0) return;
  const ending = result.signal ? `was ended by ${result.signal}` : `ended with exit status ${result.status}`;
  const output = result.output.trim();
  throw new Failure(`"${shownAs}" ${ending}.${output ? `\n${output}` : ''}`);
}

/** Like run, but answers whether it succeeded and what it printed. */
export async function attempt(command, args, options = {}) {
  try {
    const { status, output } = await start(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    return { ok: status === 0, output };
  } catch {
    return { ok: false, output: '' };
  }
}

function start(command, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, options);
    let output = '';
    const keep = (chunk) => (output = (output + chunk).slice(-OUTPUT_KEPT));
    child.stdout?.setEncoding('utf8').on('data', keep);
    child.stderr?.setEncoding('utf8').on('data', keep);
    child.on('error', (error) => reject(new Failure(`"${command}" could not be started: ${error.message}`)));
    child.on('close', (status, signal) => resolve({ status, signal, output }));
  });
}

/** The full path of a program on PATH, or null. */
export function which(name) {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder || '.', name);
    try {
      accessSync(path, constants.X_OK);
      if (statSync(path).isFile()) return path;
    } catch {
      // Not in this folder.
    }
  }
  return null;
}
