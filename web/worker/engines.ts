// The core in use, loaded again only when another build of it is asked for. The one before it stays until the new one
// has taken its place, and is then closed, so that no threads are left behind.

import type { Engine } from '../engine/engine.ts';
import { loadEngine } from '../engine/load.ts';
import type { Options } from '../engine/options.ts';

interface Loading {
  wanted: string;
  engine: Promise<Engine>;
}

/** An engine for a start: use() it when the start succeeds, or drop() it. */
export interface Candidate {
  engine: Engine;
  use: () => void;
  drop: () => void;
}

export class Engines {
  #base = '';
  #current: Loading | undefined;

  /** Loads the core from the folder at `base`, unless that is under way. */
  open(base: string): Promise<Engine> {
    this.#base = base;
    return this.current();
  }

  /** The one in use; if there is none, the fastest is loaded. */
  current(): Promise<Engine> {
    if (this.#current) return this.#current.engine;
    const loading = this.#load({});
    this.#current = loading;
    loading.engine.catch(() => {
      if (this.#current === loading) this.#current = undefined;
    });
    return loading.engine;
  }

  /** Whether the one in use is what the options ask for. */
  suits(options: Partial<Options>): boolean {
    return this.#current?.wanted === wantedBy(options);
  }

  /** The one that the options ask for. */
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
