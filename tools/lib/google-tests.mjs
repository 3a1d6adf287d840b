// The GoogleTest suite: as native programs, run where the toolchain is, and as a program for Node of each variant
// of the WebAssembly build.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './exec.mjs';
import { WASM_FLAGS } from './node-flags.mjs';
import { ensureBuilt } from './parts.mjs';
import { checkout, inCheckout } from './paths.mjs';
import { Failure } from './report.mjs';
import { toolchain } from './toolchain.mjs';

/** Builds and runs the tests of the part "native" or "sanitized" and answers {passed, failed}. */
export async function nativeTests(part) {
  await ensureBuilt([part]);
  const folder = inCheckout('build', part);
  const tools = await toolchain();
  return counted(join(folder, 'report.json'), (args) => tools.run(join(folder, 'mini_llm_tests'), args));
}

/** The same of a WebAssembly variant, which runs in this very Node. */
export async function wasmTests(variant) {
  await ensureBuilt(['wasm-tests']);
  const folder = inCheckout('build', 'wasm', 'tests');
  const program = join(folder, `mini-llm-tests-${variant}.js`);
  return counted(join(folder, `report-${variant}.json`), (args) =>
    run(process.execPath, [...WASM_FLAGS, program, ...args], {
      cwd: checkout,
      shownAs: `node ${program}`,
    }),
  );
}

/** Runs a test program, which leaves a report, and counts what it says. */
async function counted(report, start) {
  rmSync(report, { force: true });
  const end = await start(['--gtest_brief=1', `--gtest_output=json:${report}`]).then(
    () => null,
    (error) => error,
  );
  const { passed, failed } = counts(report, end);
  // Every test passed, but the program did not: a sanitizer's finding at exit, for one.
  return { passed, failed: end && failed === 0 ? 1 : failed };
}

function counts(report, end) {
  let suites;
  try {
    suites = JSON.parse(readFileSync(report, 'utf8')).testsuites;
  } catch {
    throw end ?? new Failure(`The tests left no report in ${report}.`);
  }
  // Tests that skipped themselves, as those of threads do where there are none, count as neither.
  const tests = suites.flatMap((suite) => suite.testsuite).filter((test) => test.result === 'COMPLETED');
  const failed = tests.filter((test) => test.failures?.length > 0).length;
  return { passed: tests.length - failed, failed };
}
