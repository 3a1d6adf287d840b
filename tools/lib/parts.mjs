// The parts that are built, what each is built from, and how.
import { existsSync } from 'node:fs';
import { cmakeBuild } from './cmake.mjs';
import { locked } from './lock.mjs';
import { installPackages, packagesAreInstalled } from './packages.mjs';
import { checkout, inCheckout } from './paths.mjs';
import { step } from './report.mjs';
import { digest, dropStamp, stampIs, writeStamp } from './stamp.mjs';
import { toolchain, toolchainKey } from './toolchain.mjs';

/** The variants of the WebAssembly build. */
export const VARIANTS = ['baseline', 'relaxed', 'threads', 'relaxed-threads'];
const MODULES = VARIANTS.map((name) => (name === 'baseline' ? 'mini-llm' : `mini-llm-${name}`));
const ROOMS = ['kernels', 'tensor', 'nn', 'text', 'train', 'generate', 'io'];
const core = ['CMakeLists.txt', 'cmake', ...ROOMS.map((room) => `cpp/${room}`)];
const packages = ['package.json', 'package-lock.json'];

/** In the order in which they must be built: the page holds copies of the core. */
const PARTS = {
  wasm: {
    title: 'Compiling the core to WebAssembly',
    from: [...core, 'cpp/bindings', 'tools/lib/parts.mjs'],
    makes: MODULES.flatMap((name) => [`public/wasm/${name}.js`, `public/wasm/${name}.wasm`]),
    compiled: true,
    build: () => cmakeBuild('wasm', { wrapper: ['emcmake'] }),
  },
  'wasm-tests': {
    title: 'Compiling the tests to WebAssembly',
    from: [...core, 'cpp/tests', 'tools/lib/parts.mjs'],
    makes: VARIANTS.map((name) => `build/wasm/tests/mini-llm-tests-${name}.js`),
    compiled: true,
    build: () => cmakeBuild('wasm', { wrapper: ['emcmake'], target: 'wasm-tests' }),
  },
  native: {
    title: 'Compiling the native tests and benchmarks',
    from: [...core, 'cpp/tests', 'cpp/bench'],
    makes: ['build/native/mini_llm_tests'],
    compiled: true,
    build: () => cmakeBuild('native', {}),
  },
  sanitized: {
    title: 'Compiling the native tests with sanitizers',
    from: [...core, 'cpp/tests'],
    makes: ['build/sanitized/mini_llm_tests'],
    compiled: true,
    build: () => cmakeBuild('sanitized', { options: ['-DSANITIZE=ON'] }),
  },
  cli: {
    title: 'Bundling the command line',
    from: [...packages, 'web/cli', 'web/engine', 'tools/lib/bundle-cli.mjs'],
    makes: ['build/cli/mini-llm.js'],
    build: async () => (await import('./bundle-cli.mjs')).bundleCli(),
  },
  page: {
    title: 'Building the page',
    from: [
      ...packages,
      'web/app',
      'web/worker',
      'web/engine',
      'public',
      'vite.config.ts',
      'svelte.config.js',
    ],
    makes: ['build/page/index.html'],
    build: async () => (await import('./bundle-page.mjs')).bundlePage(),
  },
};

export const PART_NAMES = Object.keys(PARTS);

function state(part) {
  return digest(
    part.from.map((path) => inCheckout(path)),
    part.compiled ? [toolchainKey()] : [],
  );
}

function isUpToDate(name) {
  const part = PARTS[name];
  return part.makes.every((path) => existsSync(inCheckout(path))) && stampIs(name, state(part));
}

/** Installs packages and builds the named parts as far as they are out of date; otherwise takes milliseconds. */
export async function ensureBuilt(names) {
  const inOrder = PART_NAMES.filter((name) => names.includes(name));
  if (packagesAreInstalled() && inOrder.every(isUpToDate)) return;
  await locked(checkout, async () => {
    // Whatever has to be fetched is fetched at the same time.
    const compiles = inOrder.some((name) => PARTS[name].compiled && !isUpToDate(name));
    await Promise.all([installPackages(), compiles ? toolchain() : null]);
    for (const name of inOrder) if (!isUpToDate(name)) await buildPart(name);
  });
}

async function buildPart(name) {
  const part = PARTS[name];
  dropStamp(name);
  // Taken before the build: a file that is saved while it runs is built again the next time.
  const before = state(part);
  await step(part.title, part.build);
  writeStamp(name, before);
}
