// Fetches and starts the core. The glue is imported by URL at run time and never bundled: bundlers break it.

import type { CoreModule } from './core-types.ts';
import { Engine } from './engine.ts';
import { sentence } from './errors.ts';
import { defaults, type Options } from './options.ts';
import { chooseVariant, glueFile, type VariantChoice } from './variants.ts';

export interface LoadOptions extends Partial<Pick<Options, 'variant' | 'threads' | 'reproducible'>> {
  /** The folder with the built files, as an absolute URL that ends in a slash. */
  base: string | URL;
  /** Processors of this machine; a browser tells itself. */
  cores?: number;
}

interface Settings {
  /** Workers that a threaded build starts beside the calling thread. */
  poolSize: number;
  /** Emscripten's hook for a module that is compiled elsewhere; without it the glue fetches the .wasm itself. */
  instantiateWasm?: (imports: WebAssembly.Imports, receive: Receive) => object;
}

type Receive = (instance: WebAssembly.Instance, module: WebAssembly.Module) => void;

type Factory = (settings: Settings) => Promise<CoreModule>;

/** A fresh core with memory of its own. Where "auto" chose threads and they cannot be had, one without. */
export async function loadEngine({ base, cores, ...wanted }: LoadOptions): Promise<Engine> {
  const options = { ...defaults(), ...wanted };
  const choice = chooseVariant(options, cores ?? globalThis.navigator?.hardwareConcurrency ?? 1);
  try {
    return await start(choice, base);
  } catch (error) {
    if (options.variant !== 'auto' || !choice.variant.includes('threads')) throw error;
    const variant = choice.variant === 'threads' ? 'baseline' : 'relaxed';
    const why = `One thread runs, because threads could not be started: ${sentence(error)}`;
    return start({ ...choice, variant, threads: 1, why }, base);
  }
}

async function start(choice: VariantChoice, base: string | URL): Promise<Engine> {
  const url = new URL(glueFile(choice.variant), base);
  try {
    const core = await (url.protocol.startsWith('http') ? create(url, choice) : createInNode(url, choice));
    return new Engine(core, choice);
  } catch (error) {
    throw new Error(`The core could not be loaded from ${url.href}: ${sentence(error)}`, { cause: error });
  }
}

async function factoryAt(url: URL): Promise<Factory> {
  return ((await import(/* @vite-ignore */ url.href)) as { default: Factory }).default;
}

async function createInNode(url: URL, { threads }: VariantChoice): Promise<CoreModule> {
  return (await factoryAt(url))({ poolSize: threads - 1 });
}

/** In a browser the .wasm is fetched and compiled while its glue is still on the way and the threads start. */
async function create(url: URL, { threads }: VariantChoice): Promise<CoreModule> {
  const compiled = compile(new URL(url.href.replace(/\.js$/, '.wasm')));
  // Whichever fails first is told; the other must not count as an error that nobody caught.
  compiled.catch(() => undefined);
  const factory = await factoryAt(url);
  return new Promise((resolve, reject) => {
    const instantiateWasm: Settings['instantiateWasm'] = (imports, receive) => {
      compiled
        .then(async (module) => receive(await WebAssembly.instantiate(module, imports), module))
        .catch(reject);
      return {};
    };
    factory({ poolSize: threads - 1, instantiateWasm }).then(resolve, reject);
  });
}

async function compile(url: URL): Promise<WebAssembly.Module> {
  const response = await fetch(url, { credentials: 'same-origin' });
  if (!response.ok) throw new Error(`${url.href} could not be fetched (${response.status}).`);
  // Some static hosts send another type, with which browsers refuse to compile as the bytes arrive.
  return response.headers.get('content-type')?.startsWith('application/wasm')
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer());
}
