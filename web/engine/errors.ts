// What the core throws, as sentences. A trap inside WASM leaves its memory in an unknown state, so an engine
// that trapped refuses further work instead of giving wrong answers.

/** The core gave up and cannot be used again; the last saved model is untouched. */
export class CoreCrash extends Error {
  override name = 'CoreCrash';
}

export function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
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
