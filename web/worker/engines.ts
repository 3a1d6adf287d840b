// Holds the engine in use and loads another one only for other options. The old engine is closed after the new one has
// replaced it, so that no threads are left over.

import type { Engine } from '../engine/engine.ts';
import { loadEngine } from '../engine/load.ts';
import type { Options } from '../engine/options.ts';

interface Loading {
  wanted: string;
  engine: Promise<Engine>;
}

/** An engine for a new run: use() it if the run starts, otherwise drop() it. */
export interface Candidate {
  engine: Engine;
  use: () => void;
  drop: () => void;
}

export class Engines {
  #base = '';
  #current: Loading | undefined;

  /** Loads the core from the folder at `base`, unless it is being loaded already. */
  open(base: string): Promise<Engine> {
    this.#base = base;
    return this.current();
  }

  /** The engine in use; loads the fastest build if there is none. */
  current(): Promise<Engine> {
    if (this.#current) return this.#current.engine;
    const loading = this.#load({});
    this.#current = loading;
    loading.engine.catch(() => {
      if (this.#current === loading) this.#current = undefined;
    });
    return loading.engine;
  }

  /** Whether the options ask for the engine in use. */
  suits(options: Partial<Options>): boolean {
    return this.#current?.wanted === wantedBy(options);
  }

  /** The engine that the options ask for. */
  async candidate(options: Partial<Options>): Promise<Candidate> {
    const before = this.#current;
    if (before && this.suits(options))
      return { engine: await before.engine, use: () => undefined, drop: () => undefined };
    const loading = this.#load(options);
    const engine = await loading.engine;
    const use = (): void => {
      this.#current = loading;
      before?.engine.then(
        (old) => old.close(),
        () => undefined,
      );
    };
    return { engine, use, drop: () => engine.close() };
  }

  /** Reads a file that lies beside the folder of the core. */
  async read(path: string): Promise<Uint8Array> {
    const response = await fetch(new URL(`../${path}`, this.#base)).catch(() => undefined);
    if (!response?.ok) throw new Error(`${path} could not be fetched; check the connection, then try again.`);
    return new Uint8Array(await response.arrayBuffer());
  }

  #load(options: Partial<Options>): Loading {
    const { variant = 'auto', threads = 0, reproducible = false } = options;
    return {
      wanted: wantedBy(options),
      engine: loadEngine({ base: this.#base, variant, threads, reproducible }),
    };
  }
}

function wantedBy({ variant = 'auto', threads = 0, reproducible = false }: Partial<Options>): string {
  return JSON.stringify([variant, threads, reproducible]);
}
