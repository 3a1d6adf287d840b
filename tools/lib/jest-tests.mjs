// The tests of the engine, the command line and the page.
import { readFileSync, rmSync } from 'node:fs';
import { browser } from './browser.mjs';
import { run } from './exec.mjs';
import { WASM_FLAGS } from './node-flags.mjs';
import { ensureBuilt } from './parts.mjs';
import { checkout, inCheckout } from './paths.mjs';
import { Failure } from './report.mjs';

/** Runs Jest, with further arguments if given, and answers {passed, failed}. */
export async function jestTests(args = []) {
  await ensureBuilt(['wasm', 'cli', 'page']);
  const report = inCheckout('build', 'jest.json');
  rmSync(report, { force: true });
  const env = { ...process.env, CHROME_PATH: await browser() };
  const jest = [inCheckout('node_modules/jest/bin/jest.js'), '--json', `--outputFile=${report}`, ...args];
  const flags = ['--no-warnings', '--experimental-vm-modules', ...WASM_FLAGS];
  const end = await run(process.execPath, [...flags, ...jest], { cwd: checkout, env }).then(
    () => null,
    (error) => error,
  );
  const { passed, failed } = counts(report);
  return { passed, failed: end && failed === 0 ? 1 : failed };
}

function counts(report) {
  try {
    const json = JSON.parse(readFileSync(report, 'utf8'));
    // A file that could not even be loaded counts as one failure.
    return { passed: json.numPassedTests, failed: json.numFailedTests + json.numRuntimeErrorTestSuites };
  } catch {
    throw new Failure('Jest left no report.');
  }
}
