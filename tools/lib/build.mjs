// Builds what is out of date: the core with CMake and Ninja, command line and library with esbuild, the page with Vite.
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import lockfile from 'proper-lockfile';
import { buildFolder, inCheckout } from './paths.mjs';
import { Failure, step } from './report.mjs';
import { run, runTool, toolchainName } from './toolchain.mjs';

const PUBLISHED = inCheckout('public', 'wasm');
const VARIANTS = 6;

/** Runs `work` while no other process builds in this checkout. */
export async function building(work) {
  mkdirSync(buildFolder, { recursive: true });
  const release = await lockfile.lock(buildFolder, {
    lockfilePath: join(buildFolder, '.lock'),
    retries: { forever: true, maxTimeout: 1000 },
  });
  try {
    return await work();
  } finally {
    await release();
  }
}

/** Configures a preset of CMakePresets.json and builds targets of it. */
export async function cmakeBuild(preset, ...targets) {
  await configure(preset);
  const jobs = ['--parallel', String(availableParallelism())];
  await runTool('cmake', ['--build', '--preset', preset, ...jobs, '--target', ...targets]);
}

/** Configures again if needed. Ninja notices changes to CMakeLists.txt, but not to the presets or the compilers. */
async function configure(preset) {
  const folder = join(buildFolder, preset);
  const cache = join(folder, 'CMakeCache.txt');
  const compilers = toolchainName();
  const known =
    existsSync(cache) &&
    readFileSync(cache, 'utf8').includes(`MINI_LLM_TOOLCHAIN:UNINITIALIZED=${compilers}\n`);
  if (known && areNewer([join(folder, 'build.ninja')], ['CMakePresets.json'])) return;
  const settings = ['--no-warn-unused-cli', `-DMINI_LLM_TOOLCHAIN=${compilers}`];
  await runTool('cmake', [...(known ? [] : ['--fresh']), '--preset', preset, ...settings], {
    stdout: 'ignore',
  });
}

/** Whether every variant of the core has been built, possibly from older sources. */
export function coreIsComplete() {
  return publishedFiles().filter((file) => file.endsWith('.wasm')).length === VARIANTS;
}

/** Builds the variants of the core that are out of date. */
export function buildCore() {
  return step('Building the core', () => cmakeBuild('wasm', 'all'));
}

/** Builds only the variant that runs everywhere, and removes the others, which may be older. */
export function buildFirstCore() {
  rmSync(PUBLISHED, { recursive: true, force: true });
  return step('Building the first variant of the core', () => cmakeBuild('wasm', 'publish-mini-llm'));
}

/** Bundles the command line and the library. */
export async function bundlePrograms() {
  const programs = { 'cli/mini-llm': 'web/cli/main.ts', 'library/mini-llm': 'web/library.ts' };
  const outputs = Object.keys(programs).map((name) => inCheckout('build', `${name}.js`));
  if (areNewer(outputs, ['web/cli', 'web/engine', 'web/library.ts', 'package.json', 'tools/lib/build.mjs']))
    return;
  const { build } = await import('esbuild');
  const { version } = JSON.parse(readFileSync(inCheckout('package.json'), 'utf8'));
  try {
    await build({
      entryPoints: programs,
      absWorkingDir: inCheckout(),
      outdir: buildFolder,
      bundle: true,
      packages: 'external',
      platform: 'node',
      format: 'esm',
      target: 'node20',
      sourcemap: true,
      define: { MINI_LLM_VERSION: JSON.stringify(version) },
      logLevel: 'warning',
    });
  } catch {
    throw new Failure('The command line could not be bundled; the messages above say why.');
  }
}

/** Bundles the fuzz targets wasm-tests/fuzz/NAME.ts to FOLDER/NAME.mjs. */
export async function bundleFuzzTargets(names, folder) {
  const { build } = await import('esbuild');
  await build({
    entryPoints: names.map((name) => inCheckout('wasm-tests/fuzz', `${name}.ts`)),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
  });
}

/** Writes the library's declarations for users of TypeScript. */
export async function declareTypes() {
  if (
    areNewer(
      [inCheckout('build/library/types/library.d.ts')],
      ['web/engine', 'web/library.ts', 'tsconfig.library.json'],
    )
  )
    return;
  await step('Declaring the types of the library', () =>
    run(inCheckout('node_modules/.bin/tsc'), ['-p', 'tsconfig.library.json']),
  );
}

/** Bundles the page that exports put a model into: one file. */
async function bundleViewer() {
  const sources = [
    'web/app',
    'web/worker',
    'web/engine',
    'web/viewer',
    'public/wasm',
    'svelte.config.js',
    'package.json',
  ];
  if (areNewer([inCheckout('build/viewer/viewer.html')], sources)) return;
  const { build } = await import('vite');
  await step('Building the page of exported models', () =>
    build({ configFile: inCheckout('web/viewer/vite.config.ts'), logLevel: 'warn' }),
  );
}

/** Bundles the page, and before it the one that it exports. `keep` keeps old files, which open pages may still request. */
export async function bundlePage({ keep = false } = {}) {
  await bundleViewer();
  const sources = [
    'web/app',
    'web/worker',
    'web/engine',
    'build/viewer',
    'public',
    'vite.config.ts',
    'svelte.config.js',
    'package.json',
  ];
  if (areNewer([inCheckout('build/page/index.html')], sources)) return;
  const { build } = await import('vite');
  await step('Building the page', () =>
    build({ configFile: inCheckout('vite.config.ts'), logLevel: 'warn', build: { emptyOutDir: !keep } }),
  );
}

/** Throws a Failure that says what to do unless the parts are built: "core", "command line", "page". */
export function requireBuilt(...parts) {
  const built = {
    core: coreIsComplete,
    'command line': () => existsSync(inCheckout('build/cli/mini-llm.js')),
    page: () => existsSync(inCheckout('build/page/index.html')),
  };
  const missing = parts.find((part) => !built[part]());
  if (missing) throw new Failure(`The ${missing} has not been built; run "npm run build" first.`);
}

function publishedFiles() {
  return existsSync(PUBLISHED) ? readdirSync(PUBLISHED, { recursive: true }) : [];
}

/** Whether the outputs are there and newer than every source, as make would compare them. */
function areNewer(outputs, sources) {
  const times = outputs.map(changed);
  return Math.min(...times) > Math.max(...sources.flatMap((path) => filesIn(inCheckout(path))).map(changed));
}

function filesIn(path) {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [path];
  // Folders too: their time changes when a file is removed.
  return [path, ...readdirSync(path, { recursive: true }).map((name) => join(path, name))];
}

function changed(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
