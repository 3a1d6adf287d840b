// Installing Debian packages on the machine itself, where this process may.
import { existsSync } from 'node:fs';
import { attempt, run, which } from './exec.mjs';

/** Debian, Ubuntu or one of their kin, and root. */
export function canInstall() {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version') && which('apt-get') !== null;
}

/** Installs packages, fetching the package lists first if they are missing or too old to serve. */
export async function install(packages) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // Another apt may be at work, e.g. the system's own updates: wait for it.
  const aptGet = (...args) => ['apt-get', ['-q', '-y', '-o', 'DPkg::Lock::Timeout=300', ...args]];
  const installation = aptGet('install', '--no-install-recommends', ...packages);
  if ((await attempt(...installation, { env })).ok) return;
  await run(...aptGet('update'), { env, quiet: true });
  await run(...installation, { env, quiet: true });
}
