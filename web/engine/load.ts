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

/** poolSize: workers that a threaded build starts beside the calling thread. */
type Factory = (settings: { poolSize: number }) => Promise<CoreModule>;

/** A fresh core with memory of its own. Where "auto" chose threads and they cannot be had, one without. */
export async function loadEngine({ base, cores, ...wanted }: LoadOptions): Promise<Engine> {
  const options = { ...defaults(), ...wanted };
  const choice = chooseVariant(options, cores ?? globalThis.navigator?.hardwareConcurrency ?? 1);
  try {
    return await start(choice, base);
  } catch (error) {
    if (options.variant !== 'auto' || choice.variant === 'baseline') throw error;
    const notes = [
      ...choice.notes,
      `One thread runs, because threads could not be started: ${sentence(error)}`,
    ];
    return start({ variant: 'baseline', threads: 1, notes }, base);
  }
}

async function start(choice: VariantChoice, base: string | URL): Promise<Engine> {
  const url = new URL(glueFile(choice.variant), base).href;
  try {
    const glue = (await import(/* @vite-ignore */ url)) as { default: Factory };
    return new Engine(await glue.default({ poolSize: choice.threads - 1 }), choice);
  } catch (error) {
    throw new Error(`The core could not be loaded from ${url}: ${sentence(error)}`, { cause: error });
  }
}
