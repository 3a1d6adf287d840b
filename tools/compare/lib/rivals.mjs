// The npm packages that are compared with, in a node_modules of their own.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { run } from '../../lib/exec.mjs';
import { locked } from '../../lib/lock.mjs';
import { step } from '../../lib/report.mjs';
import { digestOfContent } from '../../lib/stamp.mjs';
import { inCompare } from './paths.mjs';

const stamp = inCompare('node_modules', '.mini-llm-installed');

/** Installs exactly what the lock file says, unless that is there already. */
export function installRivals() {
  return locked(inCompare(), async () => {
    const wanted = digestOfContent(inCompare('package-lock.json'));
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
    await step('Installing what mini-llm is compared with (about 80 MB)', () =>
      run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: inCompare(), quiet: true }),
    );
    writeFileSync(stamp, wanted);
  });
}

export function rivalVersion(name) {
  return JSON.parse(readFileSync(inCompare('node_modules', name, 'package.json'), 'utf8')).version;
}
