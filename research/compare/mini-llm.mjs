// mini-llm's fast builds: in Node through the command line, in Chromium through the engine's own benchmark.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromiumVersion } from '../lib/chromium.mjs';
import { output } from '../lib/output.mjs';
import { CLI, CORE } from '../lib/paths.mjs';
import { requireBuilt } from '../../tools/lib/build.mjs';
import { bundle, measureInChromium } from './lib/in-chromium.mjs';

// The second build gives the same bits on every machine; one round is enough to show what that costs.
const BUILDS = [
  { build: 'relaxed-threads', simd: 'relaxed SIMD' },
  { build: 'threads', simd: 'SIMD', once: true },
];

const inNode = ({ build, simd, once }) => ({
  id: `mini-llm ${build} Node`,
  name: 'mini-llm',
  title: `mini-llm, ${simd}, Node ${process.versions.node}`,
  short: `mini-llm (${simd})`,
  setup: `128-bit ${simd}, the ${build} build on the number of threads in the table`,
  place: 'Node',
  build,
  once,
  kinds: ['train', 'generate'],
  async prepare() {
    requireBuilt('core', 'command line');
  },
  measure: (job) => benchInNode(build, job),
});

const inChromium = ({ build, simd, once }) => ({
  id: `mini-llm ${build} Chromium`,
  name: 'mini-llm',
  title: `mini-llm, ${simd}, Chromium`,
  short: `mini-llm (${simd})`,
  setup: `128-bit ${simd}, the ${build} build in a worker of an isolated page`,
  place: 'Chromium',
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

async function benchInNode(variant, { name, threads, seconds }) {
  const folder = mkdtempSync(join(tmpdir(), 'mini-llm-compare-'));
  try {
    const file = join(folder, 'bench.json');
    const what = ['--workloads', name, '--threads', threads, '--variant', variant];
    // The table of the cache's gain is not used here; one context of 2 tokens keeps it short.
    const pace = ['--quick', '--seconds', seconds, '--contexts', '2'];
    await output(process.execPath, [CLI, 'bench', '--json', file, ...what, ...pace]);
    return figuresIn(JSON.parse(readFileSync(file, 'utf8')).results);
  } finally {
    rmSync(folder, { recursive: true });
  }
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

export const miniLlm = [...BUILDS.map(inNode), ...BUILDS.map(inChromium)];
