// mini-llm itself: the fast builds, in Node through the command line, and in Chromium through the engine.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt } from '../../lib/parts.mjs';
import { inCheckout } from '../../lib/paths.mjs';
import { output } from '../lib/child.mjs';
import { bundle, chromiumVersion, measureInChromium } from '../lib/chromium.mjs';

// The second one, whose bits are the same everywhere, is there to be seen beside the first.
const BUILDS = [
  { variant: 'relaxed-threads', simd: 'relaxed SIMD' },
  { variant: 'threads', simd: 'SIMD', once: true },
];

const inNode = ({ variant, simd, once }) => ({
  id: `mini-llm ${variant} Node`,
  name: 'mini-llm',
  title: `mini-llm, ${simd}, Node ${process.versions.node}`,
  short: `mini-llm (${simd})`,
  given: `128-bit ${simd}, the ${variant} build on as many threads as the table says`,
  place: 'Node',
  ours: variant,
  once,
  kinds: ['train', 'generate'],
  prepare: () => ensureBuilt(['wasm', 'cli']),
  measure: (job) => benchInNode(variant, job),
});

const inChromium = ({ variant, simd, once }) => ({
  id: `mini-llm ${variant} Chromium`,
  name: 'mini-llm',
  title: `mini-llm, ${simd}, Chromium`,
  short: `mini-llm (${simd})`,
  given: `128-bit ${simd}, the ${variant} build in a worker of an isolated page`,
  place: 'Chromium',
  ours: variant,
  once,
  kinds: ['train', 'generate'],
  async prepare() {
    await ensureBuilt(['wasm']);
    await bundle('mini-llm', 'mini-llm-worker');
    this.title = `mini-llm, ${simd}, Chromium ${await chromiumVersion()}`;
  },
  measure: ({ name, threads, seconds }) =>
    measureInChromium(
      'mini-llm',
      { workload: name, threads, seconds, variant },
      { '/wasm/': inCheckout('public', 'wasm') },
    ).then((results) => figuresIn(results)),
});

async function benchInNode(variant, { name, threads, seconds }) {
  const folder = mkdtempSync(join(tmpdir(), 'mini-llm-compare-'));
  try {
    const file = join(folder, 'bench.json');
    const wanted = ['--workloads', name, '--threads', threads, '--variant', variant];
    // The gain of the cache by context is of no use here; "2" is the smallest table of it.
    const pace = ['--quick', '--seconds', seconds, '--contexts', '2'];
    // Not tools/mini-llm.mjs, which would build again if a source file were saved in the middle of the run.
    const command = inCheckout('build', 'cli', 'mini-llm.js');
    await output(process.execPath, [command, 'bench', '--json', file, ...wanted, ...pace]);
    return figuresIn(JSON.parse(readFileSync(file, 'utf8')).results);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The benchmark's own results, in the comparison's words. */
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
