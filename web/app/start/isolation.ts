// Threads need an isolated page. Where the host does not send the two headers that isolate it, a service worker
// adds them: it is registered on the first visit, and from the next load on the page is isolated. That next load
// is made at once as long as nobody has touched the page; after that nothing is lost to a reload.

export type Isolation =
  /** Threads may share memory. */
  | 'isolated'
  /** The service worker is ready; the next time the page is opened it will be isolated. */
  | 'next-time'
  /** Opened over plain http from another machine, where browsers allow neither headers nor service worker. */
  | 'insecure'
  /** Inside a frame, where the page around it would have to be isolated first. */
  | 'framed'
  /** The browser or its settings allow no service worker. */
  | 'blocked'
  /** All is in place, and still the browser does not isolate the page. */
  | 'refused';

/** Copied beside the page when it is built; where it lies decides which addresses it serves. */
const SERVICE_WORKER = 'coi-serviceworker.js';
/** The core must not wait for ever. */
const PATIENCE_MS = 4000;
const RELOADED = 'mini-llm: reloaded for isolation';

/** Answers when it is settled; never, when the page is about to be loaded again. */
async function isolate(): Promise<Isolation> {
  if (globalThis.crossOriginIsolated) {
    remember(false);
    return 'isolated';
  }
  if (!isSecureContext) return 'insecure';
  if (window.parent !== window) return 'framed';
  if (!('serviceWorker' in navigator)) return 'blocked';
  const reloaded = remembered();
  const touch = firstTouch();
  try {
    const url = new URL(SERVICE_WORKER, document.baseURI);
    // What blocks service workers may also answer nothing here.
    const registered = (await navigator.serviceWorker.register(url)) as ServiceWorkerRegistration | undefined;
    if (!registered) return 'blocked';
    const ready = await Promise.race([activated(registered), later(PATIENCE_MS)]);
    if (ready === 'later') return 'next-time';
    if (!ready) return 'blocked';
  } catch {
    return 'blocked';
  }
  if (reloaded) return 'refused';
  if (touch.happened || !remember(true)) return 'next-time';
  location.reload();
  return new Promise(() => undefined);
}

/** Whether this page is isolated, and if not, why. What would have to begin anew after a reload waits for it. */
export const isolation: Promise<Isolation> = isolate();

/** Whether the service worker came to serve the page's addresses. */
function activated(registration: ServiceWorkerRegistration): Promise<boolean> {
  const worker = registration.installing ?? registration.waiting ?? registration.active;
  if (!worker) return Promise.resolve(false);
  return new Promise((resolve) => {
    const look = () => {
      if (worker.state === 'activated') resolve(true);
      if (worker.state === 'redundant') resolve(false);
    };
    worker.addEventListener('statechange', look);
    look();
  });
}

function later(ms: number): Promise<'later'> {
  return new Promise((resolve) => setTimeout(resolve, ms, 'later'));
}

/** A person's first sign of life on the page: from then on it may hold something that a reload would lose. */
function firstTouch(): { readonly happened: boolean } {
  const touch = { happened: false };
  for (const type of ['keydown', 'pointerdown', 'input', 'paste', 'dragenter', 'drop'])
    addEventListener(type, () => (touch.happened = true), { capture: true, once: true });
  return touch;
}

/** For this tab, so that a reload which did not help is not repeated for ever. */
function remember(reloaded: boolean): boolean {
  try {
    if (reloaded) sessionStorage.setItem(RELOADED, 'yes');
    else sessionStorage.removeItem(RELOADED);
    return true;
  } catch {
    return false;
  }
}

function remembered(): boolean {
  try {
    return sessionStorage.getItem(RELOADED) !== null;
  } catch {
    return false;
  }
}
