// The native tests, compiled and run where the toolchain is.
import { readFileSync, rmSync } from 'node:fs';
import { inCheckout } from './paths.mjs';
import { ensureBuilt } from './parts.mjs';
import { Failure } from './report.mjs';
import { toolchain } from './toolchain.mjs';

/** Builds and runs a part's GoogleTest binary and answers {passed, failed}. */
export async function nativeTests(part) {
  await ensureBuilt([part]);
  const report = inCheckout('build', part, 'report.json');
  rmSync(report, { force: true });
  const args = ['--gtest_brief=1', `--gtest_output=json:${report}`];
  const end = await (await toolchain()).run(inCheckout('build', part, 'mini_llm_tests'), args).then(
    () => null,
    (error) => error,
  );
  const { passed, failed } = counts(report, end);
  // Every test passed, but the program did not: a sanitizer's finding at exit, for one.
  return { passed, failed: end && failed === 0 ? 1 : failed };
}

function counts(report, end) {
  let json;
  try {
    json = JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    throw end ?? new Failure(`The tests left no report in ${report}.`);
  }
  return { passed: json.tests - json.failures - json.disabled, failed: json.failures };
}
