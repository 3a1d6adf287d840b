// Errors of the core as sentences. A trap leaves WASM memory in an unknown state, so after one the engine refuses
// further calls instead of returning wrong results.

/** The core has trapped and cannot be used again. */
export class CoreCrash extends Error {
  override name = 'CoreCrash';
}

export function sentence(error: unknown): string {
  // Errors from other threads and realms are not instances of this realm's Error.
  const { message } = (error ?? {}) as { message?: unknown };
  return typeof message === 'string' ? message : String(error);
}

/** For a file of the page that no longer exists. */
export const UPDATED =
  'The page has probably been updated since it was opened: save your model, then reload it.';

/** Explanations for errors of the platform that do not say what can be done. */
const EXPLANATIONS: readonly (readonly [message: RegExp, sentence: string])[] = [
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

/** An error's message, replaced by an explanation if there is one. */
export function explained(error: unknown): string {
  const message = sentence(error);
  return EXPLANATIONS.find(([pattern]) => pattern.test(message))?.[1] ?? message;
}

function isTrap(error: unknown): boolean {
  // The name also identifies errors of other realms, as in Jest.
  return error instanceof WebAssembly.RuntimeError || (error as Error | null)?.name === 'RuntimeError';
}

function isNoMemory(error: unknown): boolean {
  return /memory|bad_alloc|OOM/i.test(sentence(error));
}

/** All calls of the core go through `call`, which throws real Errors and remembers a crash. */
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
