// Holds runs by Web Locks, so that only one tab writes to a run. The browser releases the locks of a tab that ends, however
// it ends. Without Web Locks (a page over plain http) every claim succeeds.

const PREFIX = 'mini-llm run ';
const LIBRARY = 'mini-llm library';

/** After a reload the earlier page may hold its lock for a moment. */
const PATIENCE_MS = 2000;

const locks = (navigator as { locks?: LockManager }).locks;

export class RunLocks {
  readonly #held = new Map<string, () => void>();

  get held(): string[] {
    return [...this.#held.keys()];
  }

  /** Whether this tab now holds the run. `patient` waits a moment for a tab that is closing. */
  async claim(id: string, patient = false): Promise<boolean> {
    if (this.#held.has(id)) return true;
    const release = locks ? await acquire(locks, id, patient) : () => undefined;
    if (release) this.#held.set(id, release);
    return release !== undefined;
  }

  release(id: string): void {
    this.#held.get(id)?.();
    this.#held.delete(id);
  }
}

/** Runs held by any tab. */
export async function heldAnywhere(): Promise<Set<string>> {
  const { held = [] } = (await locks?.query()) ?? {};
  return new Set(held.flatMap(({ name }) => (name?.startsWith(PREFIX) ? [name.slice(PREFIX.length)] : [])));
}

/** Changes what belongs to several runs; one tab at a time. */
export async function inLibrary<T>(act: () => Promise<T>): Promise<T> {
  return locks ? locks.request(LIBRARY, act) : act();
}

/** Resolves to what releases the lock, or to undefined if another tab holds it. */
function acquire(manager: LockManager, id: string, patient: boolean): Promise<(() => void) | undefined> {
  return new Promise((resolve) => {
    const hold = (lock: Lock | null): Promise<void> | undefined => {
      if (lock) return new Promise<void>((release) => resolve(release));
      resolve(undefined);
      return undefined;
    };
    const how: LockOptions = patient ? { signal: timeout(PATIENCE_MS) } : { ifAvailable: true };
    manager.request(PREFIX + id, how, hold).catch(() => resolve(undefined));
  });
}

function timeout(ms: number): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), ms);
  return controller.signal;
}
