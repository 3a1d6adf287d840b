// Runs libFuzzer's targets: those of C++ (cpp/fuzz), and through Jazzer.js those of TypeScript (wasm-tests/fuzz). They begin
// with small files of the present format, which are written anew, and with cpp/fuzz/corpus: inputs that reached code of
// their own in long runs, and all that ever crashed. New ones are kept in build/fuzz/corpus.
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { bundleFuzzTargets, cmakeBuild } from './build.mjs';
import { inCheckout } from './paths.mjs';
import { say, seconds } from './report.mjs';
import { runTool } from './toolchain.mjs';

const BUILD = 'build/fuzz';
const SOURCES = 'cpp/fuzz';
/** Seconds for one input. */
const INPUT_S = 20;
const JAZZER = 'tools/fuzzer/node_modules/@jazzer.js/core/dist/cli.js';

/** The targets in TypeScript, wasm-tests/fuzz/NAME.ts; none where Jazzer.js is not installed. */
function scripts() {
  return existsSync(inCheckout(JAZZER)) ? ['import', 'documents'] : [];
}

/** The names of the targets; those of C++ are cpp/fuzz/NAME_fuzz.cpp. */
export function fuzzTargets() {
  const native = readdirSync(inCheckout(SOURCES)).map((file) => /^(.*)_fuzz\.cpp$/.exec(file)?.[1]);
  return [...native.filter(Boolean), ...scripts()];
}

/** Whether the C++ compiler is a Clang with libFuzzer. */
export async function canFuzz() {
  const program = 'echo \'extern "C" int LLVMFuzzerTestOneInput(const char*, long) { return 0; }\'';
  const compile = 'clang++ -fsanitize=fuzzer,address -x c++ - -o /dev/null';
  return runTool('sh', ['-c', `${program} | ${compile}`], { stderr: 'ignore' }).then(
    () => true,
    () => false,
  );
}

export async function buildFuzzers() {
  await cmakeBuild('fuzz', 'fuzz');
  await runTool(`${BUILD}/mini_llm_fuzz_seeds`, [`${BUILD}/seeds`]);
  await bundleFuzzTargets(scripts(), inCheckout(BUILD));
}

/** Runs a target for some seconds; rejects, after libFuzzer's report, if an input crashed it. */
export async function fuzz(target, total_s) {
  const corpus = `${BUILD}/corpus/${target}`;
  const crashes = `${BUILD}/crashes`;
  for (const folder of [corpus, crashes]) mkdirSync(inCheckout(folder), { recursive: true });
  const start = performance.now();
  const flags = {
    max_total_time: total_s,
    timeout: INPUT_S,
    rss_limit_mb: 2000,
    artifact_prefix: `${crashes}/${target}-`,
    verbosity: 0,
    print_final_stats: 1,
  };
  const folders = [corpus, `${BUILD}/seeds/${target}`, `${SOURCES}/corpus/${target}`];
  const found = folders.filter((folder) => existsSync(inCheckout(folder)));
  const settings = Object.entries(flags).map(([name, value]) => `-${name}=${value}`);
  if (scripts().includes(target)) await runTool('node', [...jazzer(target), ...found, '--', ...settings]);
  else await runTool(`${BUILD}/fuzz_${target}`, [...settings, ...found]);
  say(`${target}: no crash in ${seconds(performance.now() - start)}`);
}

function jazzer(target) {
  return [JAZZER, `${BUILD}/${target}.mjs`, `--timeout=${INPUT_S * 1000}`];
}
