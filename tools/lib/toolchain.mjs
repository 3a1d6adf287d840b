// Runs commands with the compilers that tools/setup.sh has installed.
import { readFileSync } from 'node:fs';
import { execa } from 'execa';
import { checkout, inCheckout } from './paths.mjs';
import { Failure } from './report.mjs';

/** "host", or the folder of the private Debian root. */
export function toolchainName() {
  try {
    return readFileSync(inCheckout('node_modules/.mini-llm/toolchain'), 'utf8').trim();
  } catch {
    throw new Failure('The compilers have not been installed; run "npm run setup" first.');
  }
}

/** Runs a command in the checkout, with its output on stderr; throws a Failure if it fails. */
export async function run(command, args, options) {
  try {
    return await execa(command, args, { cwd: checkout, stdin: 'ignore', stdout: 2, stderr: 2, ...options });
  } catch (error) {
    throw new Failure(error.shortMessage);
  }
}

/** Runs cmake, ctest, clang-format or another tool of the compilers in the same way. */
export function runTool(command, args, options) {
  const root = toolchainName();
  return root === 'host'
    ? run(command, args, options)
    : run(inCheckout('tools/debian-root.sh'), ['run', root, checkout, command, ...args], options);
}
