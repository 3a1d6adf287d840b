// What the service worker does for the page: it keeps its files for visits without a network, and brings new versions.

import { BUNDLED_CORE_FILES } from '../../engine/variants.ts';
import type { EngineInfo } from '../../worker/protocol.ts';
import { ask, registerServiceWorker } from '../start/service-worker.ts';

/** A page that stays open looks for a new version at most this often. */
const CHECK_MS = 3_600_000;

export class Offline {
  /** Whether the page opens without a network. */
  kept = $state(false);
  /** Whether a new version is ready, and whether other tabs keep it from replacing this one. */
  update = $state<'none' | 'ready' | 'in use'>('none');
  #registration: ServiceWorkerRegistration | undefined;
  #checkedAt = performance.now();

  /** Called when the page has loaded all that Train needs, which must not wait for this. */
  async follow(engine: EngineInfo): Promise<void> {
    const registration = await registerServiceWorker();
    if (!registration) return;
    this.#registration = registration;
    this.#offer();
    registration.addEventListener('updatefound', () => {
      registration.installing?.addEventListener('statechange', () => this.#offer());
    });
    document.addEventListener('visibilitychange', () => this.#check(registration));
    const { active } = await navigator.serviceWorker.ready;
    if (!active) return;
    this.kept = (await ask(active, { type: 'keep', used: usedSoFar(engine) })) === 'kept';
  }

  /** Loads the new version; the user asks for it, and no run is under way. */
  async useUpdate(): Promise<void> {
    const waiting = this.#registration?.waiting;
    if (!waiting) return;
    waiting.addEventListener('statechange', () => {
      if (waiting.state === 'activated') location.reload();
    });
    const reply = await ask(waiting, { type: 'activate' });
    if (reply === 'in use') this.update = 'in use';
  }

  #offer(): void {
    // The first version waits for a moment too.
    const { waiting, active } = this.#registration ?? {};
    if (waiting && active && this.update === 'none') this.update = 'ready';
  }

  #check(registration: ServiceWorkerRegistration): void {
    if (document.hidden || performance.now() - this.#checkedAt < CHECK_MS) return;
    this.#checkedAt = performance.now();
    // Without a network there is nothing new.
    registration.update().catch(() => undefined);
  }
}

/** What has been fetched, perhaps past the service worker. The page is not told what its worker has fetched: the core. */
function usedSoFar({ variant }: EngineInfo): string[] {
  const glue = BUNDLED_CORE_FILES?.[variant];
  const core = glue === undefined ? [] : [`wasm/${glue}`, `wasm/${glue.replace(/\.js$/, '.wasm')}`];
  return [
    ...core.map((path) => new URL(path, document.baseURI).href),
    ...performance.getEntriesByType('resource').map(({ name }) => name),
  ];
}
