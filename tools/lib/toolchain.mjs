// The compilers: the machine's own if they will do, else the private Debian 13 root.
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { debianRootRecipe, insideDebianRoot, makeDebianRoot, whyNoDebianRoot } from './debian-root.mjs';
import { attempt, run, which } from './exec.mjs';
import { checkout } from './paths.mjs';
import { Failure } from './report.mjs';

const OLDEST_EMSCRIPTEN = [3, 1, 69];

const HEADERS = {
  xtensor: 'xtensor/xtensor.hpp',
  xtl: 'xtl/xtl_config.hpp',
  'nlohmann-json': 'nlohmann/json.hpp',
  GoogleTest: 'gtest/gtest.h',
};

/** Names the toolchain without running anything: whatever could change the choice changes this string. */
export function toolchainKey() {
  const emcc = which('emcc');
  return `${emcc} ${emcc && statSync(emcc).mtimeMs} ${debianRootRecipe}`;
}

let chosen;

/** Finds or makes the toolchain: {name, run(command, args, options)}; commands run in the checkout. */
export function toolchain() {
  return (chosen ??= choose());
}

async function choose() {
  const missing = await missingOnThisMachine();
  if (missing.length === 0) return host;
  const obstacle = await whyNoDebianRoot();
  if (obstacle) {
    throw new Failure(
      `To build the core, install ${missing.join(', ')}; or run this as root on Debian or Ubuntu, where the ` +
        `set-up makes a private toolchain by itself (here it cannot: ${obstacle}).`,
    );
  }
  await makeDebianRoot();
  return debian;
}

const host = {
  name: 'host',
  run: (command, args, options) => run(command, args, { cwd: checkout, ...options }),
};

const debian = {
  name: 'debian13',
  run: (command, args, options) =>
    run(...insideDebianRoot(checkout, checkout, command, args), {
      shownAs: `${command} ${args.slice(0, 3).join(' ')}${args.length > 3 ? ' …' : ''}`,
      ...options,
    }),
};

async function missingOnThisMachine() {
  const missing = [];
  if (!(await emscriptenIsNewEnough()))
    missing.push(`Emscripten ≥ ${OLDEST_EMSCRIPTEN.join('.')} (emcc on PATH)`);
  for (const program of ['cmake', 'ninja', 'clang-format', 'tsc']) if (!which(program)) missing.push(program);
  if (!which('c++') && !which('g++') && !which('clang++')) missing.push('a C++20 compiler');
  for (const [name, header] of Object.entries(HEADERS)) if (!hasHeader(header)) missing.push(name);
  return missing;
}

async function emscriptenIsNewEnough() {
  if (!which('emcc')) return false;
  const { output } = await attempt('emcc', ['--version']);
  const version = /\b(\d+)\.(\d+)\.(\d+)/.exec(output)?.slice(1).map(Number);
  if (!version) return false;
  const different = version.findIndex((part, i) => part !== OLDEST_EMSCRIPTEN[i]);
  return different < 0 || version[different] > OLDEST_EMSCRIPTEN[different];
}

function hasHeader(header) {
  const given = (process.env.CPATH ?? '').split(':').filter(Boolean);
  const prefixes = ['/usr', '/usr/local', '/opt/homebrew', process.env.CONDA_PREFIX].filter(Boolean);
  return [...given, ...prefixes.map((prefix) => join(prefix, 'include'))].some((folder) =>
    existsSync(join(folder, header)),
  );
}
