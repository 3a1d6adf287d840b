// What the core throws, as sentences. A trap inside WASM leaves its memory in an unknown state, so an engine
// that trapped refuses further work instead of giving wrong answers.

/** The core gave up and cannot be used again; the last saved model is untouched. */
export class CoreCrash extends Error {
  override name = 'CoreCrash';
}

export function sentence(error: unknown): string {
  // Errors of other threads and realms are no instances of Error here.
  const { message } = (error ?? {}) as { message?: unknown };
  return typeof message === 'string' ? message : String(error);
}

/** Of a file of the page that is not there any more. */
export const UPDATED =
  'The page has probably been updated since it was opened: save your model, then reload it.';

/** What platforms say in words of their own, in sentences that tell what can be done. */
const EXPLAINED: readonly (readonly [said: RegExp, sentence: string])[] = [
  [
    /could not allocate memory|cannot allocate wasm memory|out of memory/i,
    'Its memory could not be reserved. WebAssembly sets aside about 10 GB of addresses, long before it fills them: ' +
      'lift the limit on them (“ulimit -v”) if there is one, or end other programs.',
  ],
  [
    /dynamically imported module|importing a module script failed|cannot find module/i,
    `A part of the program could not be fetched. ${UPDATED}`,
  ],
];

/** The sentence of an error, put plainly where the platform's own says too little. */
export function explained(error: unknown): string {
  const said = sentence(error);
  return EXPLAINED.find(([what]) => what.test(said))?.[1] ?? said;
}

function isTrap(error: unknown): boolean {
  // Across realms (Jest) instanceof says no, so the name decides.
  return error instanceof WebAssembly.RuntimeError || (error as Error | null)?.name === 'RuntimeError';
}

function isNoMemory(error: unknown): boolean {
  return /memory|bad_alloc|OOM/i.test(sentence(error));
}

/** Stands between the engine and the core: every call goes through `call`. */
export class Guard {
  #crash: CoreCrash | undefined;

  call<T>(work: () => T): T {
    if (this.#crash) throw this.#crash;
    try {
      return work();
    } catch (error) {
      if (!isTrap(error)) throw error instanceof Error ? error : new Error(sentence(error));
      this.#crash = new CoreCrash(
        isNoMemory(error)
          ? 'The memory ran out. Try a smaller model, batch_size or seq_len.'
          : `The core stopped unexpectedly (${sentence(error)}). What was saved before is untouched; please start again.`,
        { cause: error },
      );
      throw this.#crash;
    }
  }
}
