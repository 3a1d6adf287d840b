// mini-llm's fast builds: in Node through the command line, in Chromium through the engine's own benchmark.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromiumVersion } from '../lib/chromium.mjs';
import { output } from '../lib/output.mjs';
import { CLI, CORE } from '../lib/paths.mjs';
import { inTemporaryFolder } from '../lib/temporary-folder.mjs';
import { requireBuilt } from '../../tools/lib/build.mjs';
import { inCheckout } from '../../tools/lib/paths.mjs';
import { bundle, measureInChromium } from './lib/in-chromium.mjs';

// The second build of each gives the same bits on every machine; one round is enough to show what that costs.
const BUILDS = [
  { build: 'relaxed-threads', simd: 'relaxed SIMD', bits: 128 },
  { build: 'threads', simd: 'SIMD', bits: 128, once: true },
];
/** For engines that pack pairs of 128-bit operations. */
const WIDE_BUILDS = [
  { build: 'relaxed-threads-wide', simd: 'relaxed SIMD', bits: 256 },
  { build: 'threads-wide', simd: 'SIMD', bits: 256, once: true },
];

/** This Node, and newer ones that the set-up of the tests installs: {major, program}. */
const THIS = { major: Number.parseInt(process.versions.node), program: process.execPath };
const NODES = [
  THIS,
  ...[24, 26]
    .filter((major) => major !== THIS.major)
    .map((major) => ({
      major,
      program: inCheckout('tools', 'nodes', 'node_modules', `node${major}`, 'bin', 'node'),
    })),
];

const inNode = ({ major, program }, { build, simd, bits, once }) => ({
  id: `mini-llm ${build} Node ${major}`,
  name: 'mini-llm',
  title: `mini-llm, ${simd}, Node ${major}`,
  short: `mini-llm (${simd})`,
  setup: `${bits}-bit ${simd}, the ${build} build on the number of threads in the table`,
  place: 'Node',
  runtime: `Node ${major}`,
  build,
  once,
  kinds: ['train', 'generate'],
  async prepare() {
    requireBuilt('core', 'command line');
    if (!existsSync(program))
      throw new Error('not installed here; run "npm run setup -- --tests" on Linux with an x64 processor');
    const version = (await output(program, ['--version'])).trim().replace(/^v/, '');
    this.title = `mini-llm, ${simd}, Node ${version}`;
  },
  measure: (job) => benchInNode(program, build, job),
});

const inChromium = ({ build, simd, bits, once }) => ({
  id: `mini-llm ${build} Chromium`,
  name: 'mini-llm',
  title: `mini-llm, ${simd}, Chromium`,
  short: `mini-llm (${simd})`,
  setup: `${bits}-bit ${simd}, the ${build} build in a worker of an isolated page`,
  place: 'Chromium',
  runtime: 'Chromium',
  build,
  once,
  kinds: ['train', 'generate'],
  async prepare() {
    requireBuilt('core');
    await bundle('mini-llm', 'mini-llm-worker');
    this.title = `mini-llm, ${simd}, Chromium ${await chromiumVersion()}`;
  },
  async measure({ name, threads, seconds }) {
    const request = { workload: name, threads, seconds, variant: build };
    return figuresIn(await measureInChromium('mini-llm', request, { '/wasm/': CORE }));
  },
});

async function benchInNode(program, variant, { name, threads, seconds }) {
  return inTemporaryFolder(async (folder) => {
    const file = join(folder, 'bench.json');
    const what = ['--workloads', name, '--threads', threads, '--variant', variant];
    // The table of the cache's gain is not used here; one context of 2 tokens keeps it short.
    const pace = ['--quick', '--seconds', seconds, '--contexts', '2'];
    await output(program, [CLI, 'bench', '--json', file, ...what, ...pace]);
    return figuresIn(JSON.parse(readFileSync(file, 'utf8')).results);
  });
}

/** The benchmark's results under the comparison's names. */
function figuresIn(results) {
  const figures = {};
  for (const result of results) {
    if (result.ms_per_step) figures.ms_per_step = result.ms_per_step;
    else if (result.int8 && result.cache) figures.int8 = result.tokens_per_s;
    else if (!result.int8) figures[result.cache ? 'cached' : 'uncached'] = result.tokens_per_s;
  }
  return figures;
}

export const miniLlm = [
  ...NODES.flatMap((node) => (node.major < 24 ? BUILDS : WIDE_BUILDS).map((build) => inNode(node, build))),
  ...BUILDS.map(inChromium),
];
