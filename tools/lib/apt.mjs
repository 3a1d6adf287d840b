// Installing Debian packages on the machine itself, where this process may.
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { attempt, which } from './exec.mjs';
import { Failure } from './report.mjs';

const PATIENCE_MS = 5 * 60_000;
const PAUSE_MS = 3_000;

/** Debian, Ubuntu or one of their kin, and root. */
export function canInstall() {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version') && which('apt-get') !== null;
}

/** Installs packages, fetching the package lists first if they are missing or too old to serve. */
export async function install(packages) {
  const installation = ['install', '--no-install-recommends', ...packages];
  if ((await aptGet(...installation)).ok) return;
  // Lists that could not all be fetched may still hold what is needed: the installation tells.
  const update = await aptGet('update');
  const { ok, output } = await aptGet(...installation);
  if (ok) return;
  throw new Failure(
    `The packages ${packages.join(', ')} could not be installed.\n` +
      [...(update.ok ? [] : [update.output.trim()]), output.trim()].join('\n'),
  );
}

/**
 * apt-get, which does not give up where waiting helps: a new machine installs its own updates in its first
 * minutes, and apt waits for dpkg's lock only, not for those of the lists and the downloads.
 */
async function aptGet(...args) {
  const options = ['-q', '-y', '-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=5'];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' };
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const result = await attempt('apt-get', [...options, ...args], { env });
    if (result.ok || Date.now() > deadline || !(await mayHelp(result.output, env))) return result;
    await sleep(PAUSE_MS);
  }
}

/** Whether it is worth to try again after a failure that said this. */
async function mayHelp(output, env) {
  // An installation before ours was killed half-way: finish it.
  if (output.includes('dpkg --configure -a'))
    return (await attempt('dpkg', ['--configure', '-a'], { env })).ok;
  return /could not get lock|unable to acquire the dpkg|unable to lock/i.test(output);
}
