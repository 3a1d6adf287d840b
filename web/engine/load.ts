// Fetches and starts the core. The glue is imported by URL at run time and never bundled: bundlers break it.

import type { CoreModule } from './generated/core-types.ts';
import { Engine } from './engine.ts';
import { UPDATED, explained, sentence } from './errors.ts';
import { defaults, type Options } from './options.ts';
import { ThreadWorkers, type ThreadPool } from './thread-workers.ts';
import {
  BUNDLED_CORE_FILES,
  chooseVariant,
  needs,
  probe,
  type CoreFiles,
  type Features,
  type Processors,
  type Variant,
  type VariantChoice,
  withReasons,
} from './variants.ts';
import type { Reason } from './variants-text.ts';

export interface LoadOptions extends Partial<Pick<Options, 'variant' | 'threads' | 'reproducible'>> {
  /** The folder with the built files, as an absolute URL that ends in a slash. */
  base: string | URL;
  /** The files in that folder; a bundled page has the list built in. */
  files?: CoreFiles;
  /** The processors to use; the default is what the browser reports. */
  processors?: Processors;
  /** What the builds need; the default is what is found here. */
  features?: Features;
}

/** The settings of the glue, which adds the core's functions to them. */
interface Settings {
  /** The number of workers that a threaded build starts beside the calling thread. */
  poolSize: number;
  /** Drops the messages that the glue would print: its errors arrive as rejections. */
  printErr: (text: string) => void;
  /** Set by the glue as soon as it has made the workers. */
  PThread?: ThreadPool | undefined;
  /** Emscripten's hook for a module that is compiled elsewhere; without it the glue fetches the .wasm itself. */
  instantiateWasm?: (imports: WebAssembly.Imports, receive: Receive) => object;
}

type Receive = (instance: WebAssembly.Instance, module: WebAssembly.Module) => void;

/** In this time the optimizing compiler, which does the packing, takes the kernels over. */
const CHECK_MS = 20;

type Factory = (settings: Settings) => Promise<CoreModule>;

/** Loads a new core with its own memory. If what "auto" chose does not work, loads the next best and says why. */
export async function loadEngine({
  base,
  files = BUNDLED_CORE_FILES ?? {},
  processors = { cores: globalThis.navigator?.hardwareConcurrency ?? 1 },
  features = probe(),
  ...wanted
}: LoadOptions): Promise<Engine> {
  const options = { ...defaults(), ...wanted };
  const built = Object.keys(files) as Variant[];
  let usable = features;
  let because: Reason | undefined;
  for (;;) {
    const choice = chooseVariant(options, processors, usable, built);
    const reasons = withReasons(because ? [because] : choice.reasons);
    try {
      return await startCore({ ...choice, ...reasons }, new URL(files[choice.variant]!, base));
    } catch (error) {
      const lost = error instanceof WrongKernels ? 'wide' : 'threads';
      if (options.variant !== 'auto' || !needs(choice.variant, lost)) throw error;
      because = [LOST[lost], sentence((error as Error).cause)];
      usable = { ...usable, [lost]: false };
    }
  }
}

const LOST = { wide: 'wideFailed', threads: 'threadsFailed' } as const;

/** The kernels of a wide build crashed or computed something else than plain code. */
class WrongKernels extends Error {}

async function startCore(choice: VariantChoice, url: URL): Promise<Engine> {
  let engine: Engine;
  try {
    engine = new Engine(await create(url, choice), choice);
  } catch (error) {
    throw new Error(`The core could not be loaded from ${url.href}: ${explained(error)}`, { cause: error });
  }
  if (needs(choice.variant, 'wide')) checkKernels(engine);
  return engine;
}

/** Packing is an experiment of the engine, so its results are compared before they are used. */
function checkKernels(engine: Engine): void {
  try {
    const difference = engine.checkKernels(CHECK_MS);
    if (difference !== '') throw new Error(difference);
  } catch (error) {
    engine.close();
    throw new WrongKernels(
      `The ${engine.variant} build failed the check of its kernels: ${sentence(error)} Choose another build, or auto.`,
      { cause: error },
    );
  }
}

async function create(url: URL, { threads }: VariantChoice): Promise<CoreModule> {
  const workers = new ThreadWorkers();
  const settings: Settings = {
    poolSize: threads - 1,
    printErr: () => undefined,
    get PThread() {
      return workers.pool;
    },
    set PThread(pool) {
      if (!pool) return;
      workers.watch(pool);
      // In a browser the .wasm is fetched first, and the workers answer later.
      if (!settings.instantiateWasm) workers.expectAnswers();
    },
  };
  const core = url.protocol.startsWith('http')
    ? createInBrowser(url, settings, workers)
    : createInNode(url, settings);
  try {
    return await Promise.race([core, workers.failed]);
  } finally {
    workers.ready();
  }
}

async function factoryAt(url: URL): Promise<Factory> {
  return ((await import(/* @vite-ignore */ url.href)) as { default: Factory }).default;
}

async function createInNode(url: URL, settings: Settings): Promise<CoreModule> {
  return (await factoryAt(url))(settings);
}

/** In a browser the .wasm is fetched and compiled while its glue is downloaded and the threads start. */
async function createInBrowser(url: URL, settings: Settings, workers: ThreadWorkers): Promise<CoreModule> {
  const compiled = compile(new URL(url.href.replace(/\.js$/, '.wasm')));
  // The first failure is reported; the other one must not count as uncaught.
  compiled.catch(() => undefined);
  const factory = await factoryAt(url);
  return new Promise((resolve, reject) => {
    settings.instantiateWasm = (imports, receive) => {
      compiled
        .then(async (module) => {
          receive(await WebAssembly.instantiate(module, imports), module);
          workers.expectAnswers();
        })
        .catch(reject);
      return {};
    };
    factory(settings).then(resolve, reject);
  });
}

async function compile(url: URL): Promise<WebAssembly.Module> {
  const response = await fetch(url, { credentials: 'same-origin' });
  if (!response.ok) throw new Error(`${url.href} could not be fetched (${response.status}). ${UPDATED}`);
  // Browsers compile a download as it arrives only with this content type; some static hosts send another one.
  return response.headers.get('content-type')?.startsWith('application/wasm')
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer());
}
