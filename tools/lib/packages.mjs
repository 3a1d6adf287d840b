// npm packages: exactly what package-lock.json says, installed when that file has changed.
import { chmodSync, existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { run } from './exec.mjs';
import { inCheckout } from './paths.mjs';
import { step } from './report.mjs';
import { digestOfContent } from './stamp.mjs';

// Inside node_modules, so that `npm ci`, which begins by deleting that folder, deletes the stamp too.
const stamp = inCheckout('node_modules', '.mini-llm-installed');

const wanted = () =>
  `${digestOfContent(inCheckout('package-lock.json'))} ${process.platform} ${process.arch}`;

export function packagesAreInstalled() {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted();
}

export async function installPackages() {
  if (packagesAreInstalled()) return;
  await step('Installing npm packages', () =>
    run('npm', ['ci', '--no-audit', '--no-fund', '--fetch-retries=5'], { cwd: inCheckout(), quiet: true }),
  );
  linkCommand();
  writeFileSync(stamp, wanted());
}

/** npm links the commands of dependencies but not a package's own: with this, `npx mini-llm` finds it at once. */
function linkCommand() {
  const link = inCheckout('node_modules', '.bin', 'mini-llm');
  rmSync(link, { force: true });
  symlinkSync('../../tools/mini-llm.mjs', link);
  chmodSync(inCheckout('tools', 'mini-llm.mjs'), 0o755);
}
