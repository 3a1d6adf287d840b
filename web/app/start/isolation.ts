// Threads need a cross-origin isolated page. If the host does not send the two headers for that, a service worker adds
// them: the first visit registers it, and the next load is isolated. The page reloads itself at once, unless the user
// has already interacted with it.

import { registerServiceWorker } from './service-worker.ts';

export type Isolation =
  /** Threads may share memory. */
  | 'isolated'
  /** The service worker is ready; the page is isolated after a reload. */
  | 'next-time'
  /** Opened over plain http from another machine, where browsers allow neither the headers nor service workers. */
  | 'insecure'
  /** Inside a frame; the outer page would have to be isolated. */
  | 'framed'
  /** The browser or its settings allow no service worker. */
  | 'blocked'
  /** The service worker runs, but the browser does not isolate the page. */
  | 'refused';

/** The core waits at most this long for the service worker. */
const TIMEOUT_MS = 4000;
const RELOADED = 'mini-llm: reloaded for isolation';

/** Never resolves if the page is about to reload. */
async function isolate(): Promise<Isolation> {
  if (globalThis.crossOriginIsolated) {
    setReloaded(false);
    return 'isolated';
  }
  if (!isSecureContext) return 'insecure';
  if (window.parent !== window) return 'framed';
  const reloaded = wasReloaded();
  const interaction = firstInteraction();
  const registered = await registerServiceWorker();
  if (!registered) return 'blocked';
  const ready = await Promise.race([activated(registered), later(TIMEOUT_MS)]);
  if (ready === 'later') return 'next-time';
  if (!ready) return 'blocked';
  if (reloaded) return 'refused';
  if (interaction.happened || !setReloaded(true)) return 'next-time';
  location.reload();
  return new Promise(() => undefined);
}

/** Whether this page is isolated, and if not, why. Await it before work that a reload would lose. */
export const isolation: Promise<Isolation> = isolate();

/** Resolves to whether the service worker was activated. */
function activated(registration: ServiceWorkerRegistration): Promise<boolean> {
  const worker = registration.active ?? registration.installing ?? registration.waiting;
  if (!worker) return Promise.resolve(false);
  return new Promise((resolve) => {
    const check = () => {
      if (worker.state === 'activated') resolve(true);
      if (worker.state === 'redundant') resolve(false);
    };
    worker.addEventListener('statechange', check);
    check();
  });
}

function later(ms: number): Promise<'later'> {
  return new Promise((resolve) => setTimeout(resolve, ms, 'later'));
}

/** Detects the user's first interaction: from then on a reload could lose something. */
function firstInteraction(): { readonly happened: boolean } {
  const interaction = { happened: false };
  for (const type of ['keydown', 'pointerdown', 'input', 'paste', 'dragenter', 'drop'])
    addEventListener(type, () => (interaction.happened = true), { capture: true, once: true });
  return interaction;
}

/** Remembers the reload in this tab, so that a reload without effect is not repeated. */
function setReloaded(reloaded: boolean): boolean {
  try {
    if (reloaded) sessionStorage.setItem(RELOADED, 'yes');
    else sessionStorage.removeItem(RELOADED);
    return true;
  } catch {
    return false;
  }
}

function wasReloaded(): boolean {
  try {
    return sessionStorage.getItem(RELOADED) !== null;
  } catch {
    return false;
  }
}
