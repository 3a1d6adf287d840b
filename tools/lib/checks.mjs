// The checks that only read the sources.
import { readdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import { run } from './exec.mjs';
import { checkout, inCheckout } from './paths.mjs';
import { toolchain } from './toolchain.mjs';

/** Every C++ file, relative to the checkout. */
export function cppFiles() {
  return readdirSync(inCheckout('cpp'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && ['.h', '.cpp'].includes(extname(entry.name)))
    .map((entry) => join(entry.parentPath, entry.name).slice(checkout.length + 1))
    .sort();
}

/** Runs a package's command. */
export function runPackage(name, args, options) {
  return run(inCheckout('node_modules', '.bin', name), args, { cwd: checkout, ...options });
}

/** [name, work] each; work throws if the check fails. */
export const CHECKS = [
  [
    'clang-format',
    async () =>
      (await toolchain()).run('clang-format', ['--dry-run', '--Werror', '--ferror-limit=3', ...cppFiles()]),
  ],
  ['Prettier', () => runPackage('prettier', ['--check', '--log-level', 'warn', '.'])],
  ['ESLint', () => runPackage('eslint', ['--max-warnings', '0', '.'])],
  ['TypeScript', () => runPackage('tsc', ['--noEmit'])],
  ['svelte-check', () => runPackage('svelte-check', ['--fail-on-warnings', '--output', 'human'])],
];
