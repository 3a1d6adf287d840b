// Runs libFuzzer's targets (cpp/fuzz). They begin with small files of the present format, which are written anew, and with
// cpp/fuzz/corpus: inputs that reached code of their own in long runs, and all that ever crashed. New ones are kept in
// build/fuzz/corpus.
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { cmakeBuild } from './build.mjs';
import { inCheckout } from './paths.mjs';
import { say, seconds } from './report.mjs';
import { runTool } from './toolchain.mjs';

const BUILD = 'build/fuzz';
const SOURCES = 'cpp/fuzz';

/** The names of the targets: those of cpp/fuzz/NAME_fuzz.cpp. */
export function fuzzTargets() {
  return readdirSync(inCheckout(SOURCES))
    .map((file) => /^(.*)_fuzz\.cpp$/.exec(file)?.[1])
    .filter(Boolean);
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
}

/** Runs a target for some seconds; rejects, after libFuzzer's report, if an input crashed it. */
export async function fuzz(target, total_s) {
  const corpus = `${BUILD}/corpus/${target}`;
  const crashes = `${BUILD}/crashes`;
  for (const folder of [corpus, crashes]) mkdirSync(inCheckout(folder), { recursive: true });
  const start = performance.now();
  const flags = {
    max_total_time: total_s,
    timeout: 20, // seconds for one input
    rss_limit_mb: 2000,
    artifact_prefix: `${crashes}/${target}-`,
    verbosity: 0,
    print_final_stats: 1,
  };
  const folders = [corpus, `${BUILD}/seeds/${target}`, `${SOURCES}/corpus/${target}`];
  await runTool(`${BUILD}/fuzz_${target}`, [
    ...Object.entries(flags).map(([name, value]) => `-${name}=${value}`),
    ...folders.filter((folder) => existsSync(inCheckout(folder))),
  ]);
  say(`${target}: no crash in ${seconds(performance.now() - start)}`);
}
