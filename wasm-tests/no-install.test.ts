// Only setup, start and test install anything: the others run here in a fresh checkout, with failing stubs in place of
// everything that could install.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { scratch } from './helpers/cli.ts';

const CHECKOUT = fileURLToPath(new URL('..', import.meta.url));
const NOT_IN_GIT = new Set(['.git', 'node_modules', 'build', 'generated', 'wasm']);
const INSTALLERS = ['apt-get', 'apt', 'dpkg', 'mmdebstrap', 'debootstrap', 'npm', 'npx', 'pip', 'brew'];
/** Without the packages of the real checkout. */
const PROGRAMS = process.env.PATH!.split(path.delimiter).filter((place) => !place.includes('node_modules'));
const INSTALLING = ['setup', 'start', 'test'];

const { scripts } = JSON.parse(fs.readFileSync(path.join(CHECKOUT, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

const npm = PROGRAMS.map((place) => path.join(place, 'npm')).find((file) => fs.existsSync(file));

const folder = scratch();
const checkout = path.join(folder, 'checkout');
const stubs = path.join(folder, 'stubs');
const log = path.join(folder, 'log.txt');

beforeAll(() => {
  fs.cpSync(CHECKOUT, checkout, {
    recursive: true,
    filter: (source) => !NOT_IN_GIT.has(path.basename(source)),
  });
  fs.mkdirSync(stubs);
  for (const name of INSTALLERS) {
    // npm itself may run scripts.
    const runs = name === 'npm' ? `[ "$1" = run ] && exec '${npm}' "$@"\n` : '';
    const stub = `#!/bin/sh\n${runs}echo "${name} $*" >>'${log}'\nexit 1\n`;
    fs.writeFileSync(path.join(stubs, name), stub, { mode: 0o755 });
  }
});

beforeEach(() => fs.writeFileSync(log, ''));

/** Runs a script in the fresh checkout; returns its exit status, what it printed and which installers it called. */
function shell(script: string): { status: number | null; printed: string; installers: string } {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', script], {
    cwd: checkout,
    encoding: 'utf8',
    env: {
      ...process.env,
      PATH: [stubs, ...PROGRAMS].join(path.delimiter),
      MINI_LLM_CACHE: path.join(folder, 'cache'),
    },
  });
  return { status, printed: stdout + stderr, installers: fs.readFileSync(log, 'utf8') };
}

test.each(Object.entries(scripts).filter(([name]) => !INSTALLING.includes(name)))(
  'npm run %s installs nothing, and fails',
  (_name, script) => {
    const { status, installers } = shell(script);
    expect(installers).toBe('');
    expect(status).not.toBe(0);
    expect(fs.existsSync(path.join(checkout, 'node_modules'))).toBe(false);
  },
);

test.each(['build', 'dev', 'lint', 'format', 'bench', 'tool', 'jest'])(
  'npm run %s says what to do',
  (name) => {
    expect(shell(scripts[name]!).printed).toMatch(/run "npm run setup"/);
  },
);

test('the command line that has not been built says what to do', () => {
  const { status, printed, installers } = shell('node bin/mini-llm.mjs generate');
  expect(printed).toMatch(
    /^mini-llm: It has not been built here; run "npm run setup" and "npm run build", or/,
  );
  expect(installers).toBe('');
  expect(status).toBe(1);
});

test.each(INSTALLING)('npm run %s would install, and fails with what it calls', (name) => {
  const { status, installers } = shell(scripts[name]!);
  expect(installers).toMatch(/^npm ci /m);
  expect(status).not.toBe(0);
});
