// npm test, after tools/setup.sh --tests: builds and runs everything, continues after a failure, and prints the total.
// With arguments (npm test -- PATTERN …), runs only the Jest tests of matching files.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { buildCore, building, bundlePage, bundlePrograms, cmakeBuild, declareTypes } from './lib/build.mjs';
import { checks } from './lib/checks.mjs';
import { inCheckout } from './lib/paths.mjs';
import { buildFuzzers, canFuzz, fuzz, fuzzTargets } from './lib/fuzz.mjs';
import { entry, Failure, say } from './lib/report.mjs';
import { counted, Tally } from './lib/tally.mjs';
import { run, runTool } from './lib/toolchain.mjs';

const PRESETS = {
  dev: 'Native tests, with assertions',
  asan: 'Native tests under AddressSanitizer and UndefinedBehaviorSanitizer',
  tsan: 'Tests of threads under ThreadSanitizer',
  wasm: 'The same tests in the WebAssembly variants',
};

/** Written by the tests (wasm-tests/helpers/figures.ts). */
const FIGURES = inCheckout('build', 'figures.txt');

/** Seconds, shared by the fuzz targets. */
const FUZZ_S = 60;

await entry(() =>
  building(async () => {
    const patterns = process.argv.slice(2);
    const tally = new Tally();
    // First of all: it generates types that the checks need.
    await tally.step('Building the core', buildCore);
    if (patterns.length === 0) {
      await checks(tally);
      for (const [preset, name] of Object.entries(PRESETS)) await tally.step(name, () => ctest(preset));
      await tally.step('Fuzzing what reads files and texts', fuzzAll);
    }
    rmSync(FIGURES, { force: true });
    await tally.step('Jest: engine, command line, page and package', () => jest(patterns));
    printFigures();
    tally.finish();
  }),
);

async function ctest(preset) {
  await cmakeBuild(preset, preset === 'wasm' ? 'wasm-tests' : 'mini_llm_tests');
  const report = inCheckout('build', preset, 'tests.xml');
  const flags = ['--preset', preset, '--parallel', String(availableParallelism())];
  // The counts are at the end of each test's output.
  flags.push('--output-junit', report, '--test-output-size-passed', '100000');
  return counted(report, () => runTool('ctest', flags), countsOfJunit);
}

function printFigures() {
  if (!existsSync(FIGURES)) return;
  say('\nMeasured by the tests:');
  for (const line of readFileSync(FIGURES, 'utf8').trim().split('\n').sort()) say(line);
}

async function fuzzAll() {
  if (!(await canFuzz())) {
    say('Skipped: clang++ with libFuzzer is not installed.');
    return { passed: 0, failed: 0 };
  }
  await buildFuzzers();
  const targets = fuzzTargets();
  let failed = 0;
  for (const target of targets)
    await fuzz(target, FUZZ_S / targets.length).catch((error) => {
      say(error.message);
      failed++;
    });
  return { passed: targets.length - failed, failed };
}

/** Counts GoogleTest's tests: one test of ctest may be a suite of them. */
function countsOfJunit(xml) {
  let passed = 0;
  let failed = 0;
  for (const test of xml.split('<testcase').slice(1)) {
    const count = (result) => Number(new RegExp(`\\[  ${result}  \\] (\\d+) test`).exec(test)?.[1] ?? 0);
    passed += count('PASSED');
    if (test.includes('status="fail"')) failed += count('FAILED') || 1;
  }
  return { passed, failed };
}

async function jest(patterns) {
  await bundlePrograms();
  await bundlePage();
  await declareTypes();
  const report = inCheckout('build', 'jest.json');
  const env = { CHROME_PATH: browser() };
  const flags = ['run', '--silent', 'jest', '--', '--json', `--outputFile=${report}`, ...patterns];
  return counted(report, () => run('npm', flags, { env }), countsOfJest);
}

function countsOfJest(text) {
  const json = JSON.parse(text);
  for (const { fullName } of json.testResults.flatMap(retried)) say(`Passed at the second try: ${fullName}`);
  // A file that could not even be loaded counts as one failure.
  return { passed: json.numPassedTests, failed: json.numFailedTests + json.numRuntimeErrorTestSuites };
}

function retried({ assertionResults }) {
  return assertionResults.filter(({ invocations = 1, status }) => invocations > 1 && status === 'passed');
}

/** The path of Chromium or Chrome: CHROME_PATH, or what `npm run setup -- --tests` found or installed. */
function browser() {
  if (process.env.CHROME_PATH) return process.env.CHROME_PATH;
  try {
    return readFileSync(inCheckout('node_modules/.mini-llm/browser'), 'utf8').trim();
  } catch {
    throw new Failure('The tests of the page need a browser; run "npm run setup -- --tests" first.');
  }
}
